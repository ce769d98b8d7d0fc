"""What the benchmarks of accuracy share: trainings, the recipe, a baseline, intervals."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import gaussian, threshold_otsu
from skimage.morphology import disk, opening

from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan
from anascope.metrics import Jackknife
from anascope.models import ModelCard, load_model, model_folder, read_card
from anascope.networks import FieldHead
from anascope.presets import Preset
from anascope.recipe import DRAWN, Recipe, recipe_named
from anascope.training import EpochDone, Run, train_or_resume
from anascope.training.evaluation import field_masks
from anascope.words import nucleus_pixels
from anascope.workers import Event
from benchmarks.sets import sets_of

DICE = (
    "dice",
    "dice_as_mask_stands",
    "dice_without_border_components",
    "dice_without_border_cells",
    "dice_of_annotated_cells",
)

_SHOWN = ("field", "pattern", "intensity", *DICE, "precision", "recall")


def otsu(image: NDArray[Any]) -> NDArray[np.bool_]:
    """Return the baseline's mask: Otsu on a blurred image (sigma 2), opened, holes filled."""
    smooth = gaussian(image.astype(np.float32), 2.0)
    cells = opening(smooth > threshold_otsu(smooth), disk(3))
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(cells)
    return filled


def otsu_scores(cohort: Cohort) -> pd.DataFrame:
    """Return the baseline's Dice of every field."""
    rows = [
        {
            "field": r.field,
            **field_masks(
                otsu(cohort.image(r)),
                cohort.mask(r),
                cell_diameter=nucleus_pixels(r.pixel_size_um),
            ),
        }
        for r in cohort.fields
    ]
    return pd.DataFrame(rows)


def print_epoch(event: Event) -> None:
    """Print a line an epoch: how the masks of validation patients did."""
    if isinstance(event, EpochDone):
        dice = event.row.get("validation_dice", float("nan"))
        print(f"  epoch {event.row['epoch']}: validation Dice {dice:.3f}", flush=True)


def train(
    path: Path, preset: Preset, cohort: Cohort, plan: FoldPlan, fold: str, accelerator: str
) -> Run:
    """Train one fold, or go on with it, as the command that this process was called with."""
    return train_or_resume(
        path,
        preset=preset,
        cohort=cohort,
        plan=plan,
        fold=fold,
        accelerator=accelerator,
        command=sys.argv,
        watcher=print_epoch,
    )


def recipe_of(
    data: Path,
    work: Path,
    accelerator: str,
    *,
    jobs: int = 1,
    recipe: str = "s",
    start: str | None = None,
) -> Recipe:
    """Return a recipe, in whichever process this is.

    Args:
        data: Folder with the sets.
        work: Work folder.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        jobs: How many processes draw.
        recipe: Name of a recipe, or a YAML file.
        start: Model that it continues from (a folder, or the name of a bundled one) instead of
            training on drawn specimens first.
    """
    return Recipe(
        recipe_named(recipe),
        sets_of(data, work, jobs, recipe=recipe),
        work,
        accelerator,
        start=None if start is None else model_folder(start),
        command=sys.argv,
        watcher=print_epoch,
    )


def recipe_given(given: Namespace) -> Recipe:
    """Return the recipe ``s`` as the arguments of a benchmark say.

    Args:
        given: Arguments that include those of trainings, and ``start``.
    """
    return recipe_of(given.data, given.work, given.accelerator, jobs=given.jobs, start=given.start)


def interval(values: pd.Series[float], lowest: float = 0.0) -> dict[str, float]:
    """Return the mean over patients and its 95% interval; all NaN where no patient has a value.

    Args:
        values: One a patient, at most 1.
        lowest: The least that a value can be: -1 for differences of shares.
    """
    found = Jackknife.of_values(np.asarray(values, np.float64)).interval(lowest)
    return {"mean": found.estimate, "low": found.low, "high": found.high}


def right(fields: pd.DataFrame) -> pd.DataFrame:
    """Return, for each field, whether pattern and intensity were named right; NaN if not known."""
    probabilities = fields.filter(like="p_pattern_").rename(
        columns=lambda name: name.removeprefix("p_pattern_")
    )
    named = probabilities.idxmax(axis=1)
    positive = fields["p_above_intermediate"] > 0.5
    return pd.DataFrame(
        {
            "field": fields["field"],
            "pattern": (named == fields["pattern"]).astype(float),
            "intensity": (positive == (fields["intensity"] == "positive"))
            .astype(float)
            .where(fields["intensity"].notna()),
        }
    )


def measured(fields: pd.DataFrame, cohort: Cohort) -> dict[str, Any]:
    """Return what a result file says of tested fields.

    ``all_test_patients`` has means with intervals, ``otsu`` those of the baseline on the same
    fields, ``fields`` a row each.

    Args:
        fields: One row a field, as :class:`~anascope.training.evaluation.Evaluation` has them.
        cohort: Where they are from.
    """
    fields = fields.reset_index(drop=True)
    fields["precision"] = fields["tp"] / (fields["tp"] + fields["fp"])
    fields["recall"] = fields["tp"] / (fields["tp"] + fields["fn"])
    baseline = otsu_scores(cohort)
    baseline = baseline[baseline["field"].isin(fields["field"])]
    answers = right(fields)
    return {
        "all_test_patients": {
            "patients": len(fields),
            **{key: interval(fields[key]) for key in (*DICE, "precision", "recall")},
            "pattern_accuracy": interval(answers["pattern"]),
            "intensity_accuracy": interval(answers["intensity"]),
        },
        "otsu": {key: interval(baseline[key]) for key in DICE},
        "fields": [
            {
                **{key: record[key] for key in _SHOWN},
                "pattern_right": bool(answers["pattern"][place]),
                "intensity_right": _known(answers["intensity"][place]),
            }
            for place, record in enumerate(fields.to_dict("records"))
        ],
    }


def _known(right: float) -> bool | None:
    return None if np.isnan(right) else bool(right)


def drawn_network(recipe: Recipe) -> tuple[Path, ModelCard, FieldHead]:
    """Return the network of drawn specimens alone: its folder, its card and its field head."""
    model = recipe.model(DRAWN)
    head = load_model(model).network.field_head
    assert head is not None  # the recipe has one
    return model, read_card(model), head
