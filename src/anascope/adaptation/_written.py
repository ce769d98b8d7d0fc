"""The folder of an adapted model, and what its card says of how it came about."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pandas as pd

from anascope.cohorts import Cohort
from anascope.decisions import Judgement
from anascope.models import (
    ONNX,
    Model,
    ModelCard,
    export_model,
    load_model,
    read_card,
    save_model,
    write_card,
)
from anascope.training.calibration import fit_judgement


def write_network_of_before(
    old: Path,
    folder: Path,
    cohort: Cohort,
    rows: pd.DataFrame | None,
    measured: dict[str, Any],
    *,
    export: bool,
) -> None:
    """Write a model with the network that it had.

    Args:
        old: Its folder.
        folder: The new one.
        cohort: On which it is calibrated, or was only measured.
        rows: What it says of specimens, where it is calibrated anew; None where it stays.
        measured: What the card says of before and after.
        export: Whether the network is exported if it is not.
    """
    copytree(old, folder, dirs_exist_ok=True)
    card = read_card(folder)
    changes: dict[str, Any] = {"metrics": card.metrics | {"adaptation": measured}}
    if rows is not None:
        of = f"the patients of cohort '{cohort.info.name}'"
        changes["judgement"] = _judged(rows, card, of)
        changes["data"] = card.data | {"calibrated_on": _named(cohort)}
    write_card(folder, card.model_copy(update=changes))
    if export and ONNX not in card.files:
        export_model(folder)


def write_fine_tuned(
    old: Path,
    final: Path,
    folder: Path,
    cohort: Cohort,
    rows: pd.DataFrame,
    measured: dict[str, Any],
    *,
    export: bool,
) -> None:
    """Write a model whose network has learned.

    Its preset is that of the model before: how it reads is the same, and the folders in which it
    was trained are nobody else's concern.

    Args:
        old: Folder of the model before.
        final: That of the network.
        folder: The new one.
        cohort: From which it learned.
        rows: What networks say of specimens that they have not seen.
        measured: What the card says of before and after.
        export: Whether the network is exported.
    """
    before, model = read_card(old), load_model(final)
    whom = f"patients of cohort '{cohort.info.name}', each read by a network of its kind that had"
    learned = {key: model.card.data[key] for key in ("trained_on", "chosen_on")}
    card = before.model_copy(
        update={
            "learned": model.card.learned,
            "judgement": _judged(rows, model.card, f"{whom} not learned from them"),
            "data": {
                **_named(cohort),
                **learned,
                "adapted_from": {
                    "name": before.name,
                    "identity": before.identity,
                    "data": before.data,
                },
            },
            "metrics": {"adaptation": measured},
        }
    )
    save_model(folder, Model(model.network, card))
    if export:
        export_model(folder)


def _named(cohort: Cohort) -> dict[str, str]:
    return {"cohort": cohort.info.name, "fingerprint": cohort.info.fingerprint}


def _judged(rows: pd.DataFrame, card: ModelCard, whom: str) -> Judgement:
    judgement = fit_judgement(rows, card, "", border=True)
    measured_on = f"{judgement.specimens} specimens, one a patient: {whom}"
    return judgement.model_copy(update={"measured_on": measured_on})
