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

from anascope.metrics._overlaps import Labels, overlaps_of
from anascope.metrics._sums import Floats, mean_of_defined, ratio

IOU_THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
"""Intersections over union that a pair must exceed, in rising order."""

_COLUMNS = 4  # pairs, found cells in none, true cells in none, sum of the pairs' overlaps


@dataclass(frozen=True, slots=True)
class InstancePairs:
    """Pairs of found and true cells that overlap by more than half of their union.

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
        unknown: Which pixels are unknown, ``(H, W)``; None if all are known.

    Raises:
        ValueError: if shapes differ, labels are no whole numbers or negative, or a number is over
            16,777,216, or ``unknown`` is not boolean.
    """
    shared = overlaps_of(found, truth, unknown)
    union = shared.true_areas[shared.true] + shared.found_areas[shared.found] - shared.pixels
    iou = shared.pixels / union
    paired = iou > IOU_THRESHOLDS[0]
    true, other = shared.true[paired], shared.found[paired]
    return InstancePairs(
        found=other,
        true=true,
        iou=iou[paired],
        single_found=np.setdiff1d(np.flatnonzero(shared.found_counts), other),
        single_true=np.setdiff1d(np.flatnonzero(shared.true_counts), true),
        found_counts=shared.found_counts[other],
        true_counts=shared.true_counts[true],
    )


def instance_sums(
    found: Labels, truth: Labels, *, unknown: NDArray[np.bool_] | None = None
) -> Floats:
    """Return the contribution of a field to the measures of cells, ``(36,)``.

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


def shared_outline_sums(
    found: Labels, truth: Labels, *, unknown: NDArray[np.bool_] | None = None
) -> Floats:
    """Return how many true cells share an outline with another, and how many there are, ``(2,)``.

    A true cell shares the outline of a found one if over half of its pixels, and over half of those
    of another true cell, are in that found cell. :func:`~anascope.metrics.share` of the sums is the
    share of cells that were not separated. Arguments and errors are those of
    :func:`instance_pairs`; a true cell mostly on unknown pixels is not counted.
    """
    shared = overlaps_of(found, truth, unknown)
    inside = 2 * shared.pixels > shared.true_areas[shared.true]
    holding = np.bincount(shared.found[inside], minlength=len(shared.found_areas))
    together = shared.true[inside & (holding[shared.found] > 1)]
    return np.array([shared.true_counts[together].sum(), shared.true_counts.sum()], np.float64)


def cell_ap(sums: ArrayLike) -> Floats:
    """Return the average precision of cells over IoU 0.5 to 0.9, from :func:`instance_sums`.

    This is the mean of :func:`cell_ap_at` over :data:`IOU_THRESHOLDS`. Papers on cells use this
    name. It is not the average precision of COCO: no confidence ranks the cells, and nothing is
    integrated over recall.

    Args:
        sums: ``(..., 36)``.
    """
    tp, false, missed, _ = np.moveaxis(_table(sums), -1, 0)
    return mean_of_defined(ratio(tp, tp + false + missed))


def cell_ap_at(threshold: float) -> Callable[[ArrayLike], Floats]:
    """Return the measure ``tp / (tp + fp + fn)`` of cells at one threshold of IoU.

    Papers on cells call this average precision (Caicedo et al., Nature Methods 16:1247, 2019); it
    is also the Jaccard index of the sets of cells. See :func:`cell_ap`.

    Args:
        threshold: One of :data:`IOU_THRESHOLDS`.

    Raises:
        ValueError: if it is another.
    """
    if threshold not in IOU_THRESHOLDS:
        raise ValueError(f"threshold must be one of {IOU_THRESHOLDS}; found {threshold}")
    index = IOU_THRESHOLDS.index(threshold)

    def measure(sums: ArrayLike) -> Floats:
        tp, false, missed, _ = np.moveaxis(_table(sums)[..., index, :], -1, 0)
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
