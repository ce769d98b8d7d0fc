"""Models calibrated on patients that they were not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.cells import count_chromatin, measure_cells, phase_probabilities
from anascope.cohorts import Cohort
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import ModelCard, model_folder, read_card, write_card
from anascope.models.engines import FieldOutput
from anascope.records import FieldRecord
from anascope.training.calibration._judgement import (
    CHROMATIN_TOLD,
    MIXED_LOGIT,
    fit_judgement,
    is_mixed,
)
from anascope.training.calibration._mitosis import fit_mitosis
from anascope.training.evaluation import found_in, logit_columns, read_whole_fields

FIELD_INPUTS = "field_inputs"
"""The column of what a field head answers from."""


@dataclass(frozen=True)
class HeldOut:
    """Fields on which a model was not trained.

    Attributes:
        model: Folder of the model.
        cohort: The cohort of the fields.
        records: The fields.
    """

    model: Path
    cohort: Cohort
    records: Sequence[FieldRecord]

    def rows(self, accelerator: str = "auto") -> pd.DataFrame:
        """Return the model's answers for specimens, from whole fields as in a reading: mean logits.

        Args:
            accelerator: ``cpu``, ``gpu`` or ``auto``.

        Returns:
            One row a patient, of their first specimen: ``patient``, ``specimen``, ``pattern`` and
            ``intensity`` (None where not known, or where the fields disagree; several patterns of
            one serum as ``homogeneous+centromere``), ``logit_<class>``, ``logit_above_<level>``,
            if the network tells it ``logit_mixed``, and, if it tells phases, the numbers of
            dividing cells a field, ``dividing_stained`` and ``dividing_unstained``.

        Raises:
            InputError: if the network cannot predict a label.
        """
        return specimens_of(self.fields(accelerator))

    def fields(self, accelerator: str = "auto") -> pd.DataFrame:
        """Return the model's answers for fields, as :meth:`rows` has them for specimens.

        Returns:
            One row a field, with ``field`` besides and, of a network with a field head,
            ``field_inputs``: what the head answers from, an array.
        """
        card = read_card(self.model)
        columns = logit_columns(card)
        if card.heads.mixture:
            columns = [*columns, MIXED_LOGIT]
        if card.heads.cells:
            columns = [*columns, *CHROMATIN_TOLD]
        rows = [
            {
                "patient": record.split_unit,
                "specimen": record.specimen_unit,
                "field": record.field,
                "pattern": record.serum,
                "intensity": record.intensity,
                **dict(zip(columns, logits, strict=True)),
                **({} if inputs is None else {FIELD_INPUTS: inputs}),
            }
            for record, logits, inputs in self._answers(card, accelerator)
        ]
        named = ["patient", "specimen", "field", "pattern", "intensity", *columns]
        if card.preset.network.field_hidden:
            named.append(FIELD_INPUTS)
        return pd.DataFrame(rows, columns=named)

    def _answers(
        self, card: ModelCard, accelerator: str
    ) -> Iterator[tuple[FieldRecord, list[float], NDArray[np.float32] | None]]:
        """Yield for each field its logits and, of a network that tells phases, what divides.

        With it comes what a field head answered from.
        """
        fields = self.model, self.cohort, self.records
        if not card.heads.cells:
            for record, output, _ in read_whole_fields(*fields, accelerator=accelerator):
                yield record, _logits(output, mixture=card.heads.mixture), output.field_inputs
            return
        for record, output, labels, _ in found_in(*fields, accelerator=accelerator):
            dividing = _chromatin(self.cohort, record, labels, output)
            yield (
                record,
                [*_logits(output, mixture=card.heads.mixture), *dividing],
                output.field_inputs,
            )


def specimens_of(fields: pd.DataFrame) -> pd.DataFrame:
    """Return the answers for specimens, one a patient, from those for fields.

    Args:
        fields: As :meth:`HeldOut.fields` gives them.

    Returns:
        As :meth:`HeldOut.rows`.
    """
    columns = map(str, fields.columns)
    averaged = [name for name in columns if name.startswith("logit_") or name in CHROMATIN_TOLD]
    rules = dict.fromkeys(averaged, "mean") | {"pattern": _common, "intensity": _common}
    specimens = fields.groupby(["patient", "specimen"], sort=False).agg(rules).reset_index()
    return specimens.drop_duplicates("patient", ignore_index=True)


def _logits(output: FieldOutput, *, mixture: bool) -> list[float]:
    """Return the logits of a field."""
    outputs = [output.pattern, output.intensity]
    if mixture and output.mixture is not None:
        outputs.append(output.mixture)
    return [float(logit) for logits in outputs for logit in logits]


def _chromatin(
    cohort: Cohort, record: FieldRecord, labels: NDArray[np.int32], output: FieldOutput
) -> tuple[int, int]:
    """Return of how many dividing cells the chromatin is told stained, and of how many not."""
    if output.phases is None:
        return 0, 0
    cells = measure_cells(labels, cohort.image(record), record.full_scale)
    interphase = phase_probabilities(labels, output.phases)[cells.number - 1, 0]
    return count_chromatin(cells, 1 - interphase)


def calibrate(
    held_out: Sequence[HeldOut], whom: str, *, border: bool = False, accelerator: str = "auto"
) -> Judgement | None:
    """Calibrate models of one kind on fields that each has not seen, and write it into the cards.

    With the networks of several folds every patient counts once, read by the network that was not
    trained on them; all cards get what was measured on all patients.

    Args:
        held_out: The fields for each model.
        whom: Who the patients are, in words.
        border: Whether the border between intensities is moved to where their readers set it.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        What was measured; None, and the cards stay as they are, if no pattern is known.
    """
    rows = pd.concat([fields.rows(accelerator) for fields in held_out], ignore_index=True)
    specimens = int(rows["pattern"].notna().sum() - is_mixed(rows).sum())
    if not specimens:
        return None
    card = read_card(held_out[0].model)
    measured_on = f"{specimens} specimens, one a patient: {whom}"
    judgement = fit_judgement(rows, card, measured_on, border=border)
    for fields in held_out:
        card = read_card(fields.model).model_copy(update={"judgement": judgement})
        write_card(fields.model, card)
    return judgement


def calibrate_model(
    model: str | Path,
    cohort: Cohort,
    out: Path,
    *,
    mitosis: bool = False,
    accelerator: str = "auto",
) -> ModelCard:
    """Calibrate a model on a cohort of patients on whom it was not trained.

    Args:
        model: Folder of the model, or name of a bundled one; it stays as it is.
        cohort: The cohort, with patterns and, for the intensity, with intensities.
        out: Folder for the same model with the new card.
        mitosis: Whether the rule that recognises mitotic cells is fitted as well, to the cohort's
            annotated cells.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        The new card.

    Raises:
        InputError: if ``out`` exists, the model learned from a patient or its epoch was chosen by
        one, the network cannot predict a label, no pattern is known, or, for the rule, no cell is
        annotated as mitotic.
    """
    model = model_folder(model)
    require_unseen(read_card(model), cohort)
    with new_folder(out) as folder:
        copytree(model, folder, dirs_exist_ok=True)
        everybody = HeldOut(folder, cohort, cohort.fields)
        whom = f"the patients of cohort '{cohort.info.name}'"
        if calibrate([everybody], whom, border=True, accelerator=accelerator) is None:
            raise InputError(cohort.path, "no field with a known pattern", "some to calibrate on")
        if mitosis:
            rule, _ = fit_mitosis(folder, {cohort.info.name: cohort})
            write_card(folder, read_card(folder).model_copy(update={"mitosis": rule}))
    return read_card(out)


def require_unseen(card: ModelCard, cohort: Cohort) -> None:
    """Refuse a cohort with patients from whom a model learned, or by whom its epoch was chosen.

    This includes the patients of the model from which this one started, as far as its card names
    them.

    Raises:
        InputError: if there are any; it names some of them.
    """
    data: dict[str, Any] | None = card.data
    learned: set[str] = set()
    while data:
        if data.get("fingerprint") == cohort.info.fingerprint:
            learned |= {*data.get("trained_on", ()), *data.get("chosen_on", ())}
        data = data.get("adapted_from", {}).get("data")
    shared = sorted(learned & {record.split_unit for record in cohort.fields})
    if shared:
        raise InputError(
            cohort.path,
            f"{len(shared)} patients that the model learned from ({', '.join(shared[:3])})",
            "patients that it has not seen",
        )


def _common(labels: pd.Series[str]) -> str | None:
    """Return the one label that the fields of a specimen have, else None."""
    known = labels.dropna().unique()
    return str(known[0]) if len(known) == 1 else None
