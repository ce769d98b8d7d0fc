"""How many pixels each found cell shares with each true one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_HIGHEST = 2**24  # tables have a place for each number up to the highest

Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Found and true cells that share pixels, unknown pixels taken out.

    Attributes:
        true: Number of the true cell of each overlap, ``(overlaps,)``, in rising order.
        found: Number of the found cell of each overlap, ``(overlaps,)``.
        pixels: Pixels that they share, ``(overlaps,)``.
        true_areas: Known pixels of each true cell, by its number, ``(highest + 1,)``.
        found_areas: Known pixels of each found cell, as ``true_areas``.
        true_counts: Whether there is a true cell of that number that lies by half or more on known
            pixels, ``(highest + 1,)``.
        found_counts: Whether there is such a found cell, as ``true_counts``.
    """

    true: NDArray[np.int64]
    found: NDArray[np.int64]
    pixels: NDArray[np.int64]
    true_areas: NDArray[np.int64]
    found_areas: NDArray[np.int64]
    true_counts: NDArray[np.bool_]
    found_counts: NDArray[np.bool_]


def overlaps_of(found: Labels, truth: Labels, unknown: NDArray[np.bool_] | None) -> Overlaps:
    """Count the pixels that found and true cells share.

    Args:
        found: Number of the found cell at each pixel, ``(H, W)``, 0 where none is. Numbers need
            not follow each other.
        truth: Number of the true cell at each pixel, as ``found``.
        unknown: Where nobody knows what is there, ``(H, W)``; None if all is known.

    Raises:
        ValueError: if shapes differ, labels are no whole numbers or negative, or a number is over
            16,777,216, or ``unknown`` is not boolean.
    """
    _check(found, truth, unknown)
    shape = (int(truth.max(initial=0)) + 1, int(found.max(initial=0)) + 1)
    counted = (found > 0) | (truth > 0)
    if unknown is not None:
        counted &= ~unknown
    ones = np.ones(int(np.count_nonzero(counted)), np.int64)
    table = sparse.csr_array((ones, (truth[counted], found[counted])), shape=shape)
    true_areas: NDArray[np.int64] = table.sum(axis=1)
    found_areas: NDArray[np.int64] = table.sum(axis=0)
    shared = table.tocoo()
    cells = (shared.row > 0) & (shared.col > 0)
    return Overlaps(
        true=shared.row[cells].astype(np.int64),
        found=shared.col[cells].astype(np.int64),
        pixels=shared.data[cells],
        true_areas=true_areas,
        found_areas=found_areas,
        true_counts=_counting(truth, true_areas),
        found_counts=_counting(found, found_areas),
    )


def _counting(labels: Labels, known_areas: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return of each number whether a cell has it that lies by half or more on known pixels."""
    areas = np.bincount(labels.ravel(), minlength=1)
    counts: NDArray[np.bool_] = (areas > 0) & (2 * known_areas >= areas)
    counts[0] = False
    return counts


def _check(found: Labels, truth: Labels, unknown: NDArray[np.bool_] | None) -> None:
    known = (found.shape, truth.shape) if unknown is None else (unknown.shape, found.shape)
    if truth.ndim != 2 or {truth.shape, *known} != {truth.shape}:
        shapes = " and ".join(map(str, dict.fromkeys((truth.shape, found.shape, *known))))
        raise ValueError(f"found, truth and unknown must be (H, W) alike; found {shapes}")
    for name, labels in (("found", found), ("truth", truth)):
        if not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(f"{name} must hold whole numbers; found {labels.dtype}")
        if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) <= _HIGHEST:
            ends = f"{labels.min()} to {labels.max()}"
            raise ValueError(f"{name} must hold numbers from 0 to {_HIGHEST}; found {ends}")
    if unknown is not None and unknown.dtype != np.bool_:
        raise ValueError(f"unknown must be boolean; found {unknown.dtype}")
