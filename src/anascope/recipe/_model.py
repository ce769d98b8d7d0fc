"""The model that a recipe ends with: the network of everybody, judged by those it left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cohorts import Cohort
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import (
    WEIGHTS,
    Model,
    ModelCard,
    export_model,
    load_model,
    read_card,
    save_model,
)
from anascope.presets import load_preset
from anascope.recipe._field_head import FIELD_HEAD
from anascope.recipe._held_out import ALL
from anascope.recipe._imagenet import began_as
from anascope.recipe._recipe import Recipe
from anascope.recipe._sets import HELD_OUT, LABORATORIES
from anascope.recipe._settings import DRAWN
from anascope.training.calibration import HeldOut, fit_judgement


def left_out_rows(
    recipe: Recipe, *, drawn_by: str = ALL, accelerator: str = "auto"
) -> pd.DataFrame:
    """Return what networks say of the specimens of a laboratory that they have not learned from.

    Drawn specimens that no network learns from are among them, if the recipe has any.

    Args:
        recipe: Its networks are trained where they are missing.
        drawn_by: The network that reads the drawn ones.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        As :meth:`~anascope.training.calibration.HeldOut.rows`, with the set as ``set``.

    Raises:
        InputError: if no laboratory with patterns can be left out.
    """
    drawn = _drawn_held_out(recipe, recipe.model(drawn_by))
    return _rows_of(_fields_left_out(recipe), drawn, accelerator)


def rows_of_start(recipe: Recipe, *, accelerator: str = "auto") -> pd.DataFrame:
    """Return what the network of drawn specimens says of all real specimens: it has seen none.

    Args:
        recipe: It is trained on drawn specimens where that was not done.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Returns:
        As :func:`left_out_rows`.

    Raises:
        InputError: if no set has patterns.
    """
    cohorts, start = {name: cohort for _, name, cohort in _labelled(recipe)}, recipe.model(DRAWN)
    fields = ((name, HeldOut(start, cohort, cohort.fields)) for name, cohort in cohorts.items())
    return _rows_of(fields, _drawn_held_out(recipe, start), accelerator)


def judged_by_left_out(rows: pd.DataFrame, card: ModelCard) -> Judgement:
    """Return how logits are to be read in a laboratory that is new to the network.

    What networks say of laboratories that they have learned from is surer than what they say of
    others; so nothing here comes from patients at home. Sets of patterns keep their coverage in
    each of the laboratories by itself: a new one may be as hard as the hardest of these.

    Args:
        rows: As :func:`left_out_rows` gives them.
        card: Of the network.
    """
    counts = rows[rows["pattern"].notna()].groupby("set", sort=False).size()
    listed = ", ".join(f"{count} of {name}" for name, count in counts.items())
    whom = f"specimens, one a patient, of laboratories that the network had not seen: {listed}"
    return fit_judgement(rows, card, whom, apart="set")


def write_model(
    recipe: Recipe, judgement: Judgement, out: Path, *, metrics: dict[str, Any] | None = None
) -> ModelCard:
    """Write the network that learned from everybody, with its card and its exported network.

    What it learned from, and what it continued from, stands in the card.

    Args:
        recipe: Its network ``all`` is trained where it is missing.
        judgement: As :func:`judged_by_left_out` gives it.
        out: The new folder.
        metrics: What the card says of how it does.

    Raises:
        InputError: if ``out`` exists.
    """
    cohorts = {name: recipe.sets.real(name) for name in recipe.sets.names}
    cohorts[DRAWN] = recipe.sets.drawn()
    learned = {
        **_learned_from(cohorts),
        "continued_from": read_card(recipe.start).files[WEIGHTS],
        "share_of_weights_trained_on_this": recipe.settings.trained_share,
        "licence": "MIVIA HEp-2 images and I3A cells are for research use; so are these weights.",
    }
    model = load_model(recipe.model(ALL))
    changes = {"name": recipe.settings.preset, "data": learned, "metrics": metrics or {}}
    return _write(recipe, model, recipe.settings.then, judgement, changes, out)


def write_start(
    recipe: Recipe,
    judgement: Judgement,
    out: Path,
    *,
    metrics: dict[str, Any] | None = None,
    export: bool = True,
) -> ModelCard:
    """Write the network of drawn specimens alone, as :func:`write_model` writes the other.

    It has seen no real image, so that others can continue from it on images of their own.

    Args:
        recipe: It is trained on drawn specimens where that was not done.
        judgement: As :func:`judged_by_left_out` gives it for :func:`rows_of_start`.
        out: The new folder.
        metrics: What the card says of how it does.
        export: Whether the network is exported, so that it can be read with without PyTorch.

    Raises:
        InputError: if ``out`` exists.
    """
    learned = {
        **_learned_from({name: recipe.sets.drawn(name) for name in recipe.sets.rounds}),
        "licence": "These weights have learned from drawn specimens alone.",
    }
    model, name = load_model(recipe.model(DRAWN)), f"{recipe.settings.preset}-drawn"
    changes = {"name": name, "data": learned, "metrics": metrics or {}}
    return _write(recipe, model, recipe.settings.first, judgement, changes, out, export=export)


def _learned_from(cohorts: Mapping[str, Cohort]) -> dict[str, Any]:
    return {
        "cohorts": {name: cohort.info.fingerprint for name, cohort in cohorts.items()},
        "fields": {name: len(cohort) for name, cohort in cohorts.items()},
        "never_tested_on": "routine sera",
    }


def _write(
    recipe: Recipe,
    model: Model,
    step: Mapping[str, Any],
    judgement: Judgement,
    changes: Mapping[str, Any],
    out: Path,
    *,
    export: bool = True,
) -> ModelCard:
    """Write a network with its card, which names the preset as a user would.

    What was trained names folders of this machine.
    """
    width = model.card.preset.network.field_hidden
    preset = load_preset(recipe.settings.preset, {**step, "network.field_hidden": width})
    began = {"recipe": recipe.settings.description, "encoder_began_as": began_as(preset)}
    head = {FIELD_HEAD: model.card.data.get(FIELD_HEAD)} if width else {}
    fields = {**changes, "data": {**began, **changes["data"], **head}}
    card = model.card.model_copy(update={"preset": preset, "judgement": judgement, **fields})
    with new_folder(out) as folder:
        save_model(folder, Model(model.network, card))
        if export:
            export_model(folder)
    return read_card(out)


def _fields_left_out(recipe: Recipe) -> Iterator[tuple[str, HeldOut]]:
    for laboratory, name, cohort in _labelled(recipe):
        network = f"no-{laboratory}"
        tested = recipe.tested(network, name)
        yield name, HeldOut(recipe.model(network), cohort, tested)


def _labelled(recipe: Recipe) -> Iterator[tuple[str, str, Cohort]]:
    """Yield the real sets with patterns: laboratory, name, cohort."""
    for laboratory, sets in LABORATORIES.items():
        for name in sets:
            if name in recipe.sets.names:
                cohort = recipe.sets.real(name)
                if any(record.pattern is not None for record in cohort.fields):
                    yield laboratory, name, cohort


def _drawn_held_out(recipe: Recipe, model: Path) -> Iterator[tuple[str, HeldOut]]:
    """Yield the drawn specimens that no network learns from, if there are any."""
    cohort = recipe.sets.held_out()
    if cohort is not None:
        yield HELD_OUT, HeldOut(model, cohort, cohort.fields)


def _rows_of(
    real: Iterable[tuple[str, HeldOut]], drawn: Iterable[tuple[str, HeldOut]], accelerator: str
) -> pd.DataFrame:
    fields = list(real)
    if not fields:
        raise InputError("recipe", "no set with patterns", "one that can be left out")
    rows = [held_out.rows(accelerator).assign(set=name) for name, held_out in (*fields, *drawn)]
    return pd.concat(rows, ignore_index=True)
