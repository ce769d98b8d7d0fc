"""Specimens of single cells that lie in the order of their specimens, which nobody published.

Within a class the cells of one specimen stand together. Neighbours whose cut-outs show the same
pixels are of one field, and no border lies between them. The rest are parted where their looks
change: Ward's clustering (scikit-learn), in which only neighbours may be joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import uniform_filter
from scipy.stats import rankdata
from sklearn.cluster import AgglomerativeClustering

from anascope.images import GreyImage

MEASURES = ("brightness", "background", "noise", "texture")
"""The measures of a cell, in this order."""

CELLS_A_SPECIMEN = 13596 / 83
"""Mean of I3A Task 1: 13,596 cells of 83 specimens, as its contest says."""

FEWEST = 60
"""Fewest cells of a recovered specimen. The contest says that about 100 to 200 were cut out of a
serum; what is smaller is a part of a specimen, and joined to the neighbour that it is most like."""

GAP = 10
"""Cells that folds leave out on each side of a border between two recovered specimens."""

_BLOCK = 8  # pixels: side of the squares by which cut-outs are compared
_SHARED = 2  # such squares in common make two cut-outs overlap: their rims cross twice

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CellTraits:
    """What of a cell tells its specimen.

    Attributes:
        measures: Values of :data:`MEASURES`: mean grey level of the cell; median around it; mean
            fine deviation around it; deviation at the size of speckles in the cell, as a share of
            its brightness.
        rim: Hashes of the squares of 8×8 pixels along the rim of the cut-out, sorted.
    """

    measures: Floats
    rim: NDArray[np.uint64]


def traits_of(image: GreyImage, cell: NDArray[np.bool_]) -> CellTraits:
    """Return what of a cell tells its specimen.

    Args:
        image: Grey levels of the cut-out, axes (y, x).
        cell: Which pixels are the cell, axes (y, x); one at least.
    """
    grey = image.astype(np.float32)
    around = ~cell if not cell.all() else cell
    fine = uniform_filter(grey, 3)
    coarse = uniform_filter(grey, 9)
    brightness = float(grey[cell].mean()) + 1
    measures = [
        brightness,
        float(np.median(grey[around])),
        float(np.abs(grey - fine)[around].mean()),
        float((fine - coarse)[cell].std()) / brightness,
    ]
    return CellTraits(np.array(measures), _rim(image))


def recover_specimens(
    classes: Mapping[str, Sequence[CellTraits]], count: int | None = None
) -> dict[str, NDArray[np.int64]]:
    """Return, for each class, the number of the specimen of each cell, from 0 on.

    Measures become ranks within the class, so that one bright field does not outweigh all others,
    and are scaled by how much neighbours differ. Cells that are joined by pixels take their common
    mean. Borders are drawn where Ward's distance is largest, over all classes together. Parts of
    under :data:`FEWEST` cells are joined to a neighbour afterwards, so there may be fewer than
    ``count``.

    Args:
        classes: The cells of each class in their order.
        count: Specimens in all; None for one for each :data:`CELLS_A_SPECIMEN` cells.
    """
    total = sum(map(len, classes.values()))
    borders = (round(total / CELLS_A_SPECIMEN) if count is None else count) - len(classes)
    looks = {name: _looks(cells) for name, cells in classes.items()}
    heights = {name: _heights(looks[name]) for name in classes}
    wanted = np.sort(np.concatenate([np.zeros(0), *heights.values()]))[::-1][: max(borders, 0)]
    limit = wanted[-1] if wanted.size else np.inf
    found = {}
    for name, cells in classes.items():
        parts = 1 + int((heights[name] >= limit).sum())
        found[name] = _joined(looks[name], _parted(looks[name], parts, cells))
    return found


def shared_pixels(cells: Sequence[CellTraits]) -> NDArray[np.bool_]:
    """Return for each pair of neighbours whether their pixels prove that they are of one field.

    So they do where any cell up to the first and any cell from the second on show the same pixels;
    shape (cells - 1,).
    """
    rims = np.concatenate([np.zeros(0, np.uint64), *(cell.rim for cell in cells)])
    owners = np.repeat(np.arange(len(cells)), [len(cell.rim) for cell in cells])
    order = np.lexsort((owners, rims))
    rims, owners = rims[order], owners[order]
    same = (rims[1:] == rims[:-1]) & (owners[1:] != owners[:-1])
    pairs = np.stack([owners[:-1][same], owners[1:][same]], axis=1)
    pairs, often = np.unique(pairs, axis=0, return_counts=True)
    crossing = np.zeros(len(cells), np.int64)
    for first, last in pairs[often >= _SHARED]:
        crossing[first] += 1
        crossing[last] -= 1
    return np.asarray(np.cumsum(crossing)[:-1] > 0)


def _rim(image: GreyImage) -> NDArray[np.uint64]:
    """Return the hashes of the squares along the rim; flat ones, which are no proof, left out.

    Where two cut-outs of one field overlap, two of their rims cross: there both have a square on
    the rim with the same pixels.
    """
    if min(image.shape) < _BLOCK:
        return np.zeros(0, np.uint64)
    squares = np.lib.stride_tricks.sliding_window_view(image, (_BLOCK, _BLOCK))
    rims = [squares[0], squares[-1], squares[1:-1, 0], squares[1:-1, -1]]
    pixels = np.concatenate(rims).reshape(-1, _BLOCK * _BLOCK)
    pixels = pixels[np.ptp(pixels, axis=1) > 2].astype(np.uint64)
    weights = np.random.default_rng(0).integers(1, 2**63, _BLOCK * _BLOCK, np.uint64)
    return np.unique(pixels @ weights)


def _looks(cells: Sequence[CellTraits]) -> Floats:
    """Return the measures as they are compared: ranks, scaled by what neighbours differ by."""
    ranks = np.apply_along_axis(rankdata, 0, np.stack([cell.measures for cell in cells]))
    ranks = ranks / len(cells)
    if len(cells) < 3:
        return np.asarray(ranks, np.float64)
    steps = np.cov(np.diff(ranks, axis=0).T) / 2 + 1e-6 * np.eye(len(MEASURES))
    scaled = ranks @ np.linalg.cholesky(np.linalg.inv(steps))
    group = np.concatenate([[0], np.cumsum(~shared_pixels(cells))])
    sizes = np.bincount(group)
    means = [np.bincount(group, column) / sizes for column in scaled.T]
    looks: Floats = np.stack(means, axis=1)[group]
    return looks


def _heights(looks: Floats) -> Floats:
    """Return Ward's distance at which each border of a class goes; shape (cells - 1,)."""
    if len(looks) < 2:
        return np.zeros(0)
    ward = _ward(looks, 1)
    return np.asarray(ward.distances_, np.float64)


def _ward(looks: Floats, parts: int) -> AgglomerativeClustering:
    cells = len(looks)
    beside = np.ones((2, cells))
    return AgglomerativeClustering(
        n_clusters=parts,
        linkage="ward",
        connectivity=sparse.spdiags(beside, [-1, 1], cells, cells).tocsr(),
        compute_distances=True,
    ).fit(looks)


def _parted(looks: Floats, parts: int, cells: Sequence[CellTraits]) -> NDArray[np.int64]:
    """Return the part of each cell, numbered in order."""
    if parts == 1 or len(cells) < 2:
        return np.zeros(len(cells), np.int64)
    changes = np.diff(_ward(looks, parts).labels_) != 0
    return np.concatenate([[0], np.cumsum(changes)])


def _joined(looks: Floats, parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parts after the small ones were joined, the smallest first, to a neighbour."""
    while True:
        sizes = np.bincount(parts)
        small = int(sizes.argmin()) if sizes.size else 0
        if len(sizes) < 2 or sizes[small] >= FEWEST:
            return parts
        means = np.stack([np.bincount(parts, column) / sizes for column in looks.T], axis=1)
        beside = [part for part in (small - 1, small + 1) if 0 <= part < len(sizes)]
        nearest = min(beside, key=lambda part: float(((means[part] - means[small]) ** 2).sum()))
        parts = np.where(parts > min(small, nearest), parts - 1, parts)
