"""Models calibrated on patients that they were not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree

import pandas as pd

from anascope.cohorts import Cohort
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import ModelCard, model_folder, read_card, write_card
from anascope.records import FieldRecord
from anascope.training._run import Run
from anascope.training.calibration._judgement import fit_judgement
from anascope.training.calibration._mitosis import fit_mitosis
from anascope.training.evaluation import read_whole_fields


def calibrate_run(run: Run, *, accelerator: str = "auto") -> Judgement | None:
    """Calibrate the model of a run on the validation patients of its fold; keep that in its card.

    They chose the epoch that is kept, and taught the network nothing.

    Args:
        run: With a model.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        What was measured; None, and the card stays as it is, if the fold has no validation patient
        whose pattern is known.
    """
    cohort = run.open_cohort()
    records = run.fold.records(cohort.fields, "validation")
    rows = held_out(run.model, cohort, records, accelerator=accelerator)
    return _calibrated([run.model], rows, f"the validation patients of fold {run.fold.name}")


def calibrate_folds(runs: Sequence[Run], *, accelerator: str = "auto") -> Judgement | None:
    """Calibrate the models of one training's folds on the test patients of all of them.

    Each patient is read by the network that was not trained on them, so there are several times as
    many as one fold has for validation, and all models get what was measured on all of them.

    Args:
        runs: One a fold.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        What was measured; None if no pattern is known.
    """
    tables = []
    for run in runs:
        cohort = run.open_cohort()
        records = run.fold.records(cohort.fields, "test")
        tables.append(held_out(run.model, cohort, records, accelerator=accelerator))
    rows = pd.concat(tables, ignore_index=True)
    return _calibrated(
        [run.model for run in runs],
        rows,
        f"the test patients of {len(runs)} folds, each by a network that was not trained on them",
    )


def calibrate_model(
    model: str | Path,
    cohort: Cohort,
    out: Path,
    *,
    mitosis: bool = False,
    accelerator: str = "auto",
) -> ModelCard:
    """Calibrate a model on a cohort of patients that it was not trained on.

    Args:
        model: Folder of the model, or name of a shipped one; it stays as it is.
        cohort: With patterns; for the intensity, with intensities.
        out: Folder of the same model with a card that says what was measured.
        mitosis: Whether the rule that tells mitotic cells is fitted as well, to the cohort's
            annotated cells.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        The new card.

    Raises:
        InputError: if ``out`` exists, a patient trained the model or chose its epoch, a label is
            not one that the network can tell, no pattern is known, or, for the rule, no cell is
            annotated as mitotic.
    """
    model = model_folder(model)
    data = read_card(model).data
    if data.get("fingerprint") == cohort.info.fingerprint:
        learned = {*data.get("trained_on", ()), *data.get("chosen_on", ())}
        shared = sorted(learned & {record.split_unit for record in cohort.fields})
        if shared:
            raise InputError(
                cohort.path,
                f"{len(shared)} patients that the model learned from ({', '.join(shared[:3])})",
                "patients that it has not seen",
            )
    with new_folder(out) as folder:
        copytree(model, folder, dirs_exist_ok=True)
        rows = held_out(folder, cohort, cohort.fields, accelerator=accelerator)
        whom = f"the patients of cohort '{cohort.info.name}'"
        if _calibrated([folder], rows, whom) is None:
            raise InputError(cohort.path, "no field with a known pattern", "some to calibrate on")
        if mitosis:
            rule, _ = fit_mitosis(folder, {cohort.info.name: cohort})
            write_card(folder, read_card(folder).model_copy(update={"mitosis": rule}))
    return read_card(out)


def held_out(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, accelerator: str = "auto"
) -> pd.DataFrame:
    """Return what a model says of specimens, as it is read: whole fields, their mean logits.

    Args:
        folder: Of the model.
        cohort: Where the fields are.
        records: Which ones.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        One row a patient, of their first specimen: ``patient``, ``specimen``, ``pattern`` and
        ``intensity`` (None where not known, or where the fields disagree), ``logit_<class>``,
        ``logit_above_<level>``.

    Raises:
        InputError: if a label is not one that the network can tell.
    """
    card = read_card(folder)
    rows = [
        {
            "patient": record.split_unit,
            "specimen": record.specimen_unit,
            "pattern": record.pattern,
            "intensity": record.intensity,
            **dict(zip(_logit_columns(card), [*output.pattern, *output.intensity], strict=True)),
        }
        for record, output, _ in read_whole_fields(folder, cohort, records, accelerator=accelerator)
    ]
    columns = ["patient", "specimen", "pattern", "intensity", *_logit_columns(card)]
    fields = pd.DataFrame(rows, columns=columns)
    how = dict.fromkeys(_logit_columns(card), "mean") | {
        "pattern": _common,
        "intensity": _common,
    }
    specimens = fields.groupby(["patient", "specimen"], sort=False).agg(how).reset_index()
    return specimens.drop_duplicates("patient", ignore_index=True)


def _calibrated(folders: Sequence[Path], rows: pd.DataFrame, whom: str) -> Judgement | None:
    known = int(rows["pattern"].notna().sum())
    if not known:
        return None
    card = read_card(folders[0])
    judgement = fit_judgement(rows, card, f"{known} specimens, one a patient: {whom}")
    for folder in folders:
        write_card(folder, read_card(folder).model_copy(update={"judgement": judgement}))
    return judgement


def _logit_columns(card: ModelCard) -> list[str]:
    patterns = [f"logit_{name}" for name in card.patterns]
    return [*patterns, *(f"logit_above_{level}" for level in card.intensities[:-1])]


def _common(labels: pd.Series[str]) -> str | None:
    """Return the one label that the fields of a specimen have, else None."""
    given = labels.dropna().unique()
    return str(given[0]) if len(given) == 1 else None
