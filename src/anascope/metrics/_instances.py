"""Cells found against the true ones, each by its own pixels.

A found cell is a true one where their intersection over union exceeds a threshold. From one half
on, a cell can do so with one other at most, so the pairs need no search: they are the one-to-one
matching with the most pairs and with the highest sum of overlaps.

Pixels of unknown truth are taken out of all cells first. A found or true cell that lies by more
than half on them is neither right nor wrong: it counts if it is in a pair, and not if it is in
none. This is how panoptic quality is defined (Kirillov et al., CVPR 2019, section 4.1), here for
the true cells, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from anascope.metrics._sums import Floats, mean_of_defined, ratio

IOU_THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
"""Intersections over union that a pair must exceed, in rising order."""

_COLUMNS = 4  # pairs, found cells in none, true cells in none, sum of the pairs' overlaps
_HIGHEST = 2**24  # tables have a place for each number up to the highest

Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class InstancePairs:
    """Which found cell is which true one, at over half their union.

    Attributes:
        found: Number of the found cell of each pair, ``(pairs,)``, in rising order of ``true``.
        true: Number of the true cell of each pair, ``(pairs,)``.
        iou: Their intersection over union, ``(pairs,)``, over 0.5.
        single_found: Numbers of found cells in no pair, without those mostly on unknown pixels.
        single_true: Numbers of true cells in no pair, without those mostly on unknown pixels.
        found_counts: Of each pair, whether its found cell would count as wrong if it were in no
            pair, ``(pairs,)``.
        true_counts: Of each pair, whether its true cell would count as missed if it were in no
            pair, ``(pairs,)``.
    """

    found: NDArray[np.int64]
    true: NDArray[np.int64]
    iou: Floats
    single_found: NDArray[np.int64]
    single_true: NDArray[np.int64]
    found_counts: NDArray[np.bool_]
    true_counts: NDArray[np.bool_]


def instance_pairs(
    found: Labels, truth: Labels, *, unknown: NDArray[np.bool_] | None = None
) -> InstancePairs:
    """Match found cells with true ones.

    Args:
        found: Number of the found cell at each pixel, ``(H, W)``, 0 where none is. Numbers need
            not follow each other.
        truth: Number of the true cell at each pixel, as ``found``.
        unknown: Where nobody knows what is there, ``(H, W)``; None if all is known.

    Raises:
        ValueError: if shapes differ, labels are no whole numbers or negative, or a number is over
            16,777,216.
    """
    known = np.ones(truth.shape, bool) if unknown is None else ~unknown
    _check(found, truth, known)
    shape = (int(truth.max(initial=0)) + 1, int(found.max(initial=0)) + 1)
    seen = known & ((found > 0) | (truth > 0))
    ones = np.ones(int(np.count_nonzero(seen)), np.int64)
    table = sparse.csr_array((ones, (truth[seen], found[seen])), shape=shape)
    of_true: NDArray[np.int64] = table.sum(axis=1)
    of_found: NDArray[np.int64] = table.sum(axis=0)
    overlaps = table.tocoo()
    union = of_true[overlaps.row] + of_found[overlaps.col] - overlaps.data
    iou = overlaps.data / union
    paired = (iou > IOU_THRESHOLDS[0]) & (overlaps.row > 0) & (overlaps.col > 0)
    true, other = (place[paired].astype(np.int64) for place in (overlaps.row, overlaps.col))
    true_counts, found_counts = _counting(truth, of_true), _counting(found, of_found)
    return InstancePairs(
        found=other,
        true=true,
        iou=iou[paired],
        single_found=np.setdiff1d(np.flatnonzero(found_counts), other),
        single_true=np.setdiff1d(np.flatnonzero(true_counts), true),
        found_counts=found_counts[other],
        true_counts=true_counts[true],
    )


def instance_sums(
    found: Labels, truth: Labels, *, unknown: NDArray[np.bool_] | None = None
) -> Floats:
    """Return what a field adds to the measures of cells, ``(36,)``.

    For each of :data:`IOU_THRESHOLDS`: pairs, found cells in no pair, true cells in no pair, and
    the sum of the pairs' intersections over union. Arguments and errors are those of
    :func:`instance_pairs`.
    """
    pairs = instance_pairs(found, truth, unknown=unknown)
    over = pairs.iou > np.array(IOU_THRESHOLDS)[:, np.newaxis]
    false = len(pairs.single_found) + (~over & pairs.found_counts).sum(axis=1)
    missed = len(pairs.single_true) + (~over & pairs.true_counts).sum(axis=1)
    overlap = np.where(over, pairs.iou, 0.0).sum(axis=1)
    return np.stack([over.sum(axis=1), false, missed, overlap], axis=1).astype(float).ravel()


def cell_ap(sums: ArrayLike) -> Floats:
    """Return the average precision of cells over IoU 0.5 to 0.9, from :func:`instance_sums`.

    The mean over :data:`IOU_THRESHOLDS` of what :func:`cell_ap_at` says. It carries the name of
    papers on cells, and is not the average precision of COCO: no confidence ranks the cells, and
    nothing is integrated over recall.

    Args:
        sums: ``(..., 36)``.
    """
    tp, false, missed, _ = np.moveaxis(_table(sums), -1, 0)
    return mean_of_defined(ratio(tp, tp + false + missed))


def cell_ap_at(threshold: float) -> Callable[[ArrayLike], Floats]:
    """Return the measure ``tp / (tp + fp + fn)`` of cells at one threshold of IoU.

    What papers on cells call average precision (Caicedo et al., Nature Methods 16:1247, 2019), and
    what else is the Jaccard index of the sets of cells. See :func:`cell_ap`.

    Args:
        threshold: One of :data:`IOU_THRESHOLDS`.

    Raises:
        ValueError: if it is another.
    """
    if threshold not in IOU_THRESHOLDS:
        raise ValueError(f"threshold must be one of {IOU_THRESHOLDS}; found {threshold}")
    place = IOU_THRESHOLDS.index(threshold)

    def measure(sums: ArrayLike) -> Floats:
        tp, false, missed, _ = np.moveaxis(_table(sums)[..., place, :], -1, 0)
        return ratio(tp, tp + false + missed)

    return measure


def panoptic_quality(sums: ArrayLike) -> Floats:
    """Return the panoptic quality of cells, from :func:`instance_sums`.

    The sum of the overlaps of pairs over 0.5, divided by ``tp + fp / 2 + fn / 2`` (Kirillov et al.,
    CVPR 2019), for the one class "cell".

    Args:
        sums: ``(..., 36)``.
    """
    tp, false, missed, overlap = np.moveaxis(_table(sums)[..., 0, :], -1, 0)
    return ratio(overlap, tp + false / 2 + missed / 2)


def _table(sums: ArrayLike) -> Floats:
    """Return sums as (..., threshold, column)."""
    array = np.asarray(sums, np.float64)
    return array.reshape(*array.shape[:-1], len(IOU_THRESHOLDS), _COLUMNS)


def _counting(labels: Labels, known_areas: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return of each number whether a cell has it that lies by half or more on known pixels."""
    areas = np.bincount(labels.ravel(), minlength=1)
    counts: NDArray[np.bool_] = (areas > 0) & (2 * known_areas >= areas)
    counts[0] = False
    return counts


def _check(found: Labels, truth: Labels, known: NDArray[np.bool_]) -> None:
    if not found.shape == truth.shape == known.shape or truth.ndim != 2:
        shapes = f"{found.shape}, {truth.shape} and {known.shape}"
        raise ValueError(f"found, truth and unknown must be (H, W) alike; found {shapes}")
    for name, labels in (("found", found), ("truth", truth)):
        if not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(f"{name} must hold whole numbers; found {labels.dtype}")
        if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) <= _HIGHEST:
            ends = f"{labels.min()} to {labels.max()}"
            raise ValueError(f"{name} must hold numbers from 0 to {_HIGHEST}; found {ends}")
    if known.dtype != np.bool_:
        raise ValueError(f"unknown must be boolean; found {known.dtype}")
