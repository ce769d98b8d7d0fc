"""Models measured as a laboratory uses them: whole fields, single cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, softmax
from skimage.draw import ellipse
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from anascope.cells import FEATURES, MitosisRule, cell_logits, label_cells, measure_cells
from anascope.cells._measure import CellMeasures
from anascope.cells._mitosis import Layer, features
from anascope.cohorts import Cohort
from anascope.engines import FieldOutput, open_engine
from anascope.evaluation import field_masks
from anascope.images import at_scale, signal_range
from anascope.reading import NUCLEUS_UM
from anascope.records import FieldRecord, MaskValue
from benchmarks._flips import MirroredEngine

_HIDDEN, _ROUNDS = 16, 400  # of the network that tells mitotic cells
_OUTLINED = 0.1  # share of its box that a cell with an outline fills
_OVERLAP = 0.5  # of boxes, intersection over union, from which a found cell is an annotated one

Found = tuple[FieldRecord, FieldOutput, NDArray[np.int32], NDArray[np.float32]]


def found_in(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, flips: bool = False
) -> Iterator[Found]:
    """Yield for each field what the network says, its cells (y, x) and its mask (y, x).

    Args:
        folder: Of the model.
        cohort: Where the fields are.
        records: Which ones.
        flips: Whether each is read mirrored, too, and the mean taken.
    """
    engine = open_engine(folder, engine="torch")
    if flips:
        engine = MirroredEngine(engine)
    image, threshold = engine.card.preset.image, engine.card.preset.threshold
    for record in records:
        pixels = cohort.image(record)
        scale = image.scale_of(record.pixel_size_um, record.field)
        small = at_scale(pixels, scale, record.full_scale)
        unit = small.astype(np.float32)
        if small.dtype == np.uint8:
            unit /= 255
        dark, bright = signal_range(small)
        said = engine.run(unit, (float(dark), float(bright)))
        size = record.pixel_size_um or 0.16
        labels, mask = label_cells(
            said.mask,
            (pixels.shape[0], pixels.shape[1]),
            cell_diameter=NUCLEUS_UM / size * scale,
            threshold=threshold,
        )
        yield record, said, labels, mask


def read_fields(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, flips: bool = False
) -> pd.DataFrame:
    """Return a row a field: masks compared, probabilities of the cohort's patterns, logits.

    The probability of a pattern of the cohort is the sum of those of its leaves. Columns are those
    of :class:`~anascope.evaluation.Evaluation`, and ``logit_<class>``, ``logit_above_<level>``.
    """
    rows = []
    card = open_engine(folder, engine="torch").card
    for record, said, _, mask in found_in(folder, cohort, records, flips=flips):
        probabilities = softmax(said.pattern)
        above = expit(said.intensity)
        levels = card.intensities[:-1]
        rows.append(
            {
                "field": record.field,
                "pattern": record.pattern,
                "intensity": record.intensity,
                **field_masks(mask > card.preset.threshold, cohort.mask(record)),
                **{
                    f"p_pattern_{name}": float(
                        probabilities[list(card.pattern_space.allowed(name))].sum()
                    )
                    for name in cohort.patterns
                },
                **{f"p_above_{n}": float(p) for n, p in zip(levels, above, strict=True)},
                **{
                    f"logit_{n}": float(v) for n, v in zip(card.patterns, said.pattern, strict=True)
                },
                **{
                    f"logit_above_{n}": float(v)
                    for n, v in zip(levels, said.intensity, strict=True)
                },
            }
        )
    return pd.DataFrame(rows)


def cells_found(folder: Path, cohort: Cohort, records: Sequence[FieldRecord]) -> dict[str, int]:
    """Count annotated cells, found ones, and those that are the same.

    A found cell is an annotated one if their boxes overlap by at least half (intersection over
    union); each counts once. Found cells that touch the border, or lie mostly where nobody said
    what is there, are left out, as the annotators left them out.
    """
    counts = {"annotated": 0, "found": 0, "matched": 0}
    for record, _, labels, _ in found_in(folder, cohort, records):
        cells = measure_cells(labels, cohort.image(record), record.full_scale)
        truth = _annotated(cohort, record)
        overlap = _overlaps(_boxes(cells), truth[_BOX].to_numpy(float))
        counted = ~cells.at_border & ~_unknown(cells, labels, cohort.mask(record))
        matched = _pairs(overlap)
        counts["annotated"] += len(truth)
        counts["matched"] += len(matched)
        counts["found"] += len(set(np.flatnonzero(counted)) | {found for found, _ in matched})
    return counts


def cell_patterns(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, flips: bool = False
) -> pd.DataFrame:
    """Return a row for each annotated interphase cell: field, pattern, and what it is taken for.

    The cells are given by their masks, as in the ICPR 2012 contest. ``named`` is each cell by
    itself, as the contest has it; ``named_in_field`` adds the mean logits of the field's cells to
    its own, for the cells of a serum show one pattern. The logits are there, too, as
    ``logit_<class>``.
    """
    card = open_engine(folder, engine="torch").card
    groups = np.array([card.pattern_space.allowed(name) for name in cohort.patterns])
    rows = []
    for record, said, _, _ in found_in(folder, cohort, records, flips=flips):
        mask = cohort.mask(record)
        if said.places is None or mask is None:
            raise ValueError(f"{folder} names no places, or {record.field} has no mask")
        truth = _annotated(cohort, record)
        truth = truth[truth["kind"] == "cell"].reset_index(drop=True)
        labels = np.zeros(mask.shape, np.int32)
        for number, box in enumerate(truth[_BOX].to_numpy(int), start=1):
            inside = (slice(box[0], box[2] + 1), slice(box[1], box[3] + 1))
            cell = mask[inside] == MaskValue.CELL
            # Where the annotators drew no outline, what is known of the cell is its box.
            labels[inside][cell if cell.mean() >= _OUTLINED else _ellipse(cell.shape)] = number
        logits = cell_logits(labels, said.places)
        in_field = logits + logits.mean(axis=0)
        named, named_in_field = (
            np.array(cohort.patterns)[(softmax(each, axis=1) @ groups.T).argmax(axis=1)]
            for each in (logits, in_field)
        )
        names = {"named": named, "named_in_field": named_in_field}
        own = pd.DataFrame(logits, columns=[f"logit_{name}" for name in card.patterns])
        rows.append(own.assign(field=record.field, pattern=truth["pattern"], **names))
    return pd.concat(rows, ignore_index=True)


def _ellipse(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the largest ellipse in a box."""
    found = np.zeros(shape, bool)
    height, width = shape
    found[ellipse((height - 1) / 2, (width - 1) / 2, height / 2, width / 2, shape)] = True
    return found


def fit_mitosis(folder: Path, cohorts: Mapping[str, Cohort]) -> tuple[MitosisRule, dict[str, Any]]:
    """Fit the rule that tells mitotic cells, on cells that were found and are annotated.

    How it does is measured with whole fields held out (ten parts).

    Args:
        folder: Of a model that has not seen the real fields.
        cohorts: By name, with tables of cells.
    """
    rows, targets, fields, origin = [], [], [], []
    for name, cohort in cohorts.items():
        for record, _, labels, _ in found_in(folder, cohort, cohort.fields):
            cells = measure_cells(labels, cohort.image(record), record.full_scale)
            truth = _annotated(cohort, record)
            table = features(cells)
            for found, known in _pairs(_overlaps(_boxes(cells), truth[_BOX].to_numpy(float))):
                rows.append(table[found])
                targets.append(truth["kind"].iloc[known] == "mitotic_cell")
                fields.append(f"{name}/{record.field}")
                origin.append(name)
    x, y = np.array(rows), np.array(targets)
    model = make_pipeline(
        StandardScaler(),
        MLPClassifier((_HIDDEN,), alpha=1e-2, max_iter=_ROUNDS, random_state=0),
    )
    held_out = cross_val_predict(
        model, x, y, groups=fields, cv=GroupKFold(10), method="predict_proba"
    )[:, 1]
    model.fit(x, y)
    scaler, network = model[0], model[1]
    told: dict[str, Any] = {}
    for name in cohorts:
        own = np.array(origin) == name
        called, is_mitotic = held_out[own] >= 0.5, y[own]
        told[name] = {
            "cells": int(own.sum()),
            "mitotic": int(is_mitotic.sum()),
            "auroc": float(roc_auc_score(is_mitotic, held_out[own])),
            "precision": float((called & is_mitotic).sum() / max(called.sum(), 1)),
            "recall": float((called & is_mitotic).sum() / max(is_mitotic.sum(), 1)),
        }
    rule = MitosisRule(
        mean=tuple(scaler.mean_.tolist()),
        scale=tuple(scaler.scale_.tolist()),
        layers=tuple(
            Layer(weights=tuple(map(tuple, weights.tolist())), bias=tuple(bias.tolist()))
            for weights, bias in zip(network.coefs_, network.intercepts_, strict=True)
        ),
        measured_on=", ".join(
            f"{name}: AUROC {each['auroc']:.3f} over {each['cells']} cells"
            for name, each in told.items()
        ),
    )
    return rule, {"features": list(FEATURES), "held_out_fields": told}


_BOX = ["min_y", "min_x", "max_y", "max_x"]
Boxes = NDArray[np.float64]


def _annotated(cohort: Cohort, record: FieldRecord) -> pd.DataFrame:
    table = cohort.cells()
    if table is None:
        raise ValueError(f"{cohort.path} has no table of cells")
    own = table[(table["field"] == record.field) & table["kind"].isin(["cell", "mitotic_cell"])]
    return own.reset_index(drop=True)


def _boxes(cells: CellMeasures) -> Boxes:
    return np.stack([cells.min_y, cells.min_x, cells.max_y, cells.max_x], axis=1).astype(float)


def _overlaps(first: Boxes, second: Boxes) -> Boxes:
    """Return intersection over union of boxes (both ends within), (first, second)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = (high - low + 1).clip(min=0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2] + 1).prod(axis=1) for boxes in (first, second)]
    return np.asarray(shared / (areas[0][:, None] + areas[1][None] - shared))


def _pairs(overlaps: Boxes) -> list[tuple[int, int]]:
    """Return pairs that overlap enough, the best first; each box in one at most."""
    left, pairs = overlaps.copy(), []
    while left.size and left.max() >= _OVERLAP:
        found, known = np.unravel_index(left.argmax(), left.shape)
        pairs.append((int(found), int(known)))
        left[found], left[:, known] = 0, 0
    return pairs


def _unknown(
    cells: CellMeasures, labels: NDArray[np.int32], mask: NDArray[np.uint8] | None
) -> NDArray[np.bool_]:
    """Return which cells lie mostly where nobody said what is there."""
    if mask is None:
        return np.zeros(len(cells), bool)
    unknown = np.bincount(labels.ravel(), weights=(mask == MaskValue.UNKNOWN).ravel())
    return np.asarray(unknown[cells.number] > cells.area / 2)
