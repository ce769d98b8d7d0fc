"""Score a model on held-out fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from anascope.cohorts import Cohort
from anascope.metrics import (
    MaskCounts,
    mask_counts,
    without_border_cells,
    without_border_components,
    without_unannotated_cells,
)
from anascope.models import Model
from anascope.records import FieldRecord, MaskValue
from anascope.tasks import COUNTS, TASKS, Task, by_field, by_specimen, score, tasks_named
from anascope.training.evaluation._predict import FieldPrediction, predict_fields
from anascope.words import Vocabulary, nucleus_pixels


@dataclass(frozen=True)
class Evaluation:
    """The results of an evaluation.

    Attributes:
        patches: One row a patch, at the network's scale.
        fields: One row a field, at the field's own size; Dice several ways (see
            :func:`evaluate`).
        specimens: One row a specimen.
        metrics: Scores of each level, ready for JSON.
        drawn: Predicted masks of the first fields, for pictures.
    """

    patches: pd.DataFrame
    fields: pd.DataFrame
    specimens: pd.DataFrame
    metrics: dict[str, Any]
    drawn: dict[str, NDArray[np.bool_]]


def evaluate(
    model: Model,
    cohort: Cohort,
    records: Sequence[FieldRecord],
    *,
    device: torch.device | str = "cpu",
    keep_masks: int = 4,
    on_field: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Measure ``model`` on ``records``.

    A field's mask is compared in four ways: without unknown pixels; as the mask stands, with
    unknown pixels as background; and without everything that touches the border in prediction and
    truth, once by connected components and once by single cells. A fifth figure leaves out found
    cells that nobody annotated; it is not a score, but distinguishes inaccurate outlines from false
    alarms.

    Args:
        model: The model.
        cohort: The cohort of the fields.
        records: The fields to read, of patients that the model has not seen.
        device: The device to compute on.
        keep_masks: Number of fields whose predicted mask is kept.
        on_field: Called after each field, for progress.
    """
    card, vocabulary = model.card, model.card.vocabulary
    tasks = tasks_named(card.preset.tasks)
    tables: list[pd.DataFrame] = []
    masks: dict[str, dict[str, float]] = {}
    drawn: dict[str, NDArray[np.bool_]] = {}
    predictions = predict_fields(model, cohort, records, device=device, on_field=on_field)
    for prediction in predictions:
        tables.append(_patch_table(prediction, vocabulary, tasks, card.preset.threshold))
        cells = prediction.mask > card.preset.threshold
        truth = cohort.mask(prediction.record)
        diameter = nucleus_pixels(prediction.record.pixel_size_um)
        masks[prediction.record.field] = field_masks(cells, truth, cell_diameter=diameter)
        if len(drawn) < keep_masks:
            drawn[prediction.record.field] = cells
    patches = pd.concat(tables, ignore_index=True)
    native = pd.DataFrame.from_dict(masks, orient="index").rename_axis("field").reset_index()
    # Counts over patches see overlaps twice; a field's counts are those of its stitched mask.
    fields = by_field(patches, vocabulary, tasks).drop(columns=list(COUNTS))
    fields = fields.merge(native, on="field", how="left")
    specimens = specimen_table(patches, fields, vocabulary, tasks)
    metrics = {
        "patch": score(patches, vocabulary, tasks),
        "field": score(fields, vocabulary, tasks)
        | {"mask_variants": {name: float(fields[name].mean()) for name in _VARIANTS}},
        "specimen": score(specimens, vocabulary, tasks),
        "fields": len(fields),
        "specimens": len(specimens),
        "patients": len({record.patient for record in records if record.patient}),
    }
    return Evaluation(patches, fields, specimens, metrics, drawn)


def specimen_table(
    patches: pd.DataFrame,
    fields: pd.DataFrame,
    vocabulary: Vocabulary,
    tasks: Sequence[Task] = TASKS,
) -> pd.DataFrame:
    """Decide on each specimen from all its patches; pixels are those of its stitched fields.

    Args:
        patches: One row a patch, as :class:`Evaluation` has them.
        fields: One row a field, likewise.
        vocabulary: The classes of the network.
        tasks: The tasks of the network.
    """
    unit = ["patient", "specimen"]
    summed = fields.groupby(unit, as_index=False)[list(COUNTS)].sum()
    specimens = by_specimen(patches, vocabulary, tasks).drop(columns=list(COUNTS))
    return specimens.merge(summed, on=unit)


def _patch_table(
    prediction: FieldPrediction, vocabulary: Vocabulary, tasks: Sequence[Task], threshold: float
) -> pd.DataFrame:
    record, targets = prediction.record, prediction.targets
    count = len(targets["mask"])
    columns: dict[str, Any] = {
        "field": record.field,
        "specimen": record.specimen_unit,
        "patient": record.split_unit,
        "patch": np.arange(count),
    }
    for task in tasks:
        columns |= task.answers_of(prediction.patches[task.name], targets, vocabulary, threshold)
    for task in tasks:
        label = task.columns(vocabulary).label
        if label is not None:
            columns[label] = [task.label(record)] * count
    return pd.DataFrame(columns)


_VARIANTS = (
    "dice",
    "dice_as_mask_stands",
    "dice_without_border_components",
    "dice_without_border_cells",
    "dice_of_annotated_cells",
)


def field_masks(
    cells: NDArray[np.bool_], truth: NDArray[np.uint8] | None, *, cell_diameter: float
) -> dict[str, float]:
    """Return counts and Dice coefficients of a field; zeros and NaN without a mask.

    The coefficients are those of :func:`evaluate`, for any mask of cells.

    Args:
        cells: Where cells were found, shape ``(H, W)``.
        truth: Values of ``MaskValue``, shape ``(H, W)``, or None.
        cell_diameter: Diameter of a typical cell, in pixels
            (:func:`~anascope.words.nucleus_pixels`).
    """
    if truth is None:
        return {**asdict(MaskCounts(0, 0, 0, 0)), **dict.fromkeys(_VARIANTS, math.nan)}
    counts = mask_counts(cells, truth)
    scores = {
        "dice": counts.dice,
        "dice_as_mask_stands": mask_counts(cells, truth, unknown="background").dice,
    }
    annotated = without_unannotated_cells(
        cells, truth == MaskValue.CELL, cell_diameter=cell_diameter
    )
    scores["dice_of_annotated_cells"] = mask_counts(annotated, truth).dice
    unknown_inside = without_border_components(truth == MaskValue.UNKNOWN)
    border_rules: dict[str, Callable[[NDArray[np.bool_]], NDArray[np.bool_]]] = {
        "dice_without_border_components": without_border_components,
        "dice_without_border_cells": partial(without_border_cells, cell_diameter=cell_diameter),
    }
    for name, inner in border_rules.items():
        inner_truth = inner(truth == MaskValue.CELL).astype(np.uint8) * np.uint8(MaskValue.CELL)
        inner_truth[unknown_inside] = MaskValue.UNKNOWN
        scores[name] = mask_counts(inner(cells), inner_truth).dice
    return {**asdict(counts), **scores}
