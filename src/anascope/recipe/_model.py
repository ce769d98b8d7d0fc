"""The model that a recipe ends with: the network of everybody, judged by those it left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import Model, ModelCard, export_model, load_model, read_card, save_model
from anascope.presets import load_preset
from anascope.recipe._held_out import ALL
from anascope.recipe._imagenet import began_as
from anascope.recipe._recipe import Recipe
from anascope.recipe._sets import LABORATORIES
from anascope.recipe._settings import DRAWN
from anascope.training.calibration import HeldOut, fit_judgement


def left_out_rows(recipe: Recipe, *, accelerator: str = "auto") -> pd.DataFrame:
    """Return what networks say of the specimens of a laboratory that they have not learned from.

    Args:
        recipe: Its networks are trained where they are missing.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        As :meth:`~anascope.training.calibration.HeldOut.rows`, with the set as ``set``.

    Raises:
        InputError: if no laboratory with patterns can be left out.
    """
    rows = [fields.rows(accelerator).assign(set=name) for name, fields in _fields_left_out(recipe)]
    if not rows:
        raise InputError("recipe", "no set with patterns", "one that can be left out")
    return pd.concat(rows, ignore_index=True)


def judged_by_left_out(rows: pd.DataFrame, card: ModelCard) -> Judgement:
    """Return how logits are to be read in a laboratory that is new to the network.

    What networks say of laboratories that they have learned from is surer than what they say of
    others; so nothing here comes from patients at home.

    Args:
        rows: As :func:`left_out_rows` gives them.
        card: Of the network.
    """
    counts = rows[rows["pattern"].notna()].groupby("set", sort=False).size()
    told = ", ".join(f"{count} of {name}" for name, count in counts.items())
    whom = f"specimens, one a patient, of laboratories that the network had not seen: {told}"
    return fit_judgement(rows, card, whom)


def write_model(
    recipe: Recipe, judgement: Judgement, out: Path, *, metrics: dict[str, Any] | None = None
) -> ModelCard:
    """Write the network that learned from everybody, with its card and its exported network.

    Args:
        recipe: Its network ``all`` is trained where it is missing.
        judgement: As :func:`judged_by_left_out` gives it.
        out: The new folder.
        metrics: What the card says of how it does.

    Raises:
        InputError: if ``out`` exists.
    """
    model = load_model(recipe.network(ALL).model)
    # As a user would name it: what was trained names folders of this machine.
    preset = load_preset(recipe.settings.preset, recipe.settings.then)
    cohorts = {name: recipe.sets.real(name) for name in recipe.sets.names}
    cohorts[DRAWN] = recipe.sets.drawn()
    learned = {
        "recipe": recipe.settings.description,
        "encoder_began_as": began_as(preset),
        "cohorts": {name: cohort.info.fingerprint for name, cohort in cohorts.items()},
        "fields": {name: len(cohort) for name, cohort in cohorts.items()},
        "licence": "MIVIA HEp-2 images and I3A cells are for research use; so are these weights.",
        "never_tested_on": "routine sera",
    }
    card = model.card.model_copy(
        update={
            "name": recipe.settings.preset,
            "preset": preset,
            "judgement": judgement,
            "data": learned,
            "metrics": metrics or {},
        }
    )
    with new_folder(out) as folder:
        save_model(folder, Model(model.network, card))
        export_model(folder)
    return read_card(out)


def _fields_left_out(recipe: Recipe) -> Iterator[tuple[str, HeldOut]]:
    for laboratory, sets in LABORATORIES.items():
        network = f"no-{laboratory}"
        for name in sets:
            if name not in recipe.sets.names:
                continue
            cohort = recipe.sets.real(name)
            if any(record.pattern is not None for record in cohort.fields):
                run = recipe.network(network)
                yield name, HeldOut(run.model, cohort, recipe.tested(network, name))
