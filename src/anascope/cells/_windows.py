"""Cells of a mask of any size told apart, window by window, as they are in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.arrays import let_go, room_for, row_bands
from anascope.cells._apart import Apart, cells_apart, clusters_apart, sight

Ints = NDArray[np.int32]
Box = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Windowing:
    """How a mask is cut.

    A pixel takes about 70 bytes while cells are separated.

    Attributes:
        whole: Most pixels of a mask that is divided in one piece.
        image: Most pixels of an image to which labels are carried in one piece.
        core: Side of a window, in pixels.
        margins: Margins around it, which are tried one after the other until its clusters end
            within. A cluster of cells that reaches beyond the last is cut at the border of the
            windows; its cells there may be divided in another way than in one piece.
    """

    whole: int = 2560**2
    image: int = 2**25
    core: int = 1536
    margins: tuple[int, ...] = (256, 1024)


WINDOWING = Windowing()


def cells_apart_anywhere(
    probability: NDArray[np.float32],
    threshold: float,
    *,
    cell_diameter: float,
    interior: NDArray[np.float32] | None = None,
    windowing: Windowing = WINDOWING,
) -> Ints:
    """Return what :func:`~anascope.cells.cells_apart` does, of a mask of any size.

    Clusters of touching cells are divided each by itself. So each is divided in the window that
    holds its first pixel, with as much around it as has a say in it, and cells are numbered by the
    first pixels of their clusters: the same cells and numbers as in one piece.

    Args:
        probability: Of being cell, (y, x).
        threshold: Probability from which a pixel is cell.
        cell_diameter: Of a typical cell, in pixels.
        interior: As for that function.
        windowing: How to cut it.
    """
    if probability.size <= windowing.whole:
        return cells_apart(probability > threshold, cell_diameter=cell_diameter, interior=interior)
    divided = _Divided(probability, threshold, cell_diameter, interior, windowing)
    cores = list(_cores(probability.shape, windowing.core))
    complete = [divided.add_clusters(core) for core in cores]
    if not all(complete):
        whole = len(divided.order)
        for core in cores:
            divided.add_rest(core, whole)
    return divided.numbered()


def _cores(shape: tuple[int, ...], side: int) -> Iterator[Box]:
    rows, columns = (
        [slice(start, min(start + side, length)) for start in range(0, length, side)]
        for length in shape
    )
    yield from product(rows, columns)


@dataclass(slots=True)
class _Divided:
    """Cells as they are found: those of a window follow those of the windows before.

    Attributes:
        probability, threshold, diameter, interior, windowing: As above.
        cells: Number of the cell at each pixel, (y, x).
        order: By cell the first pixel of its cluster, row and column, and which of the cells there
            it is.
        by_peak: Numbers of the cells of clusters without an end, by where they were grown from.
    """

    probability: NDArray[np.float32]
    threshold: float
    diameter: float
    interior: NDArray[np.float32] | None
    windowing: Windowing
    cells: Ints = field(init=False)
    order: list[tuple[int, int, int]] = field(default_factory=list)
    by_peak: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = room_for(self.probability.shape, np.int32)

    def add_clusters(self, core: Box) -> bool:
        """Divide the clusters whose first pixel is in a window; tell if all end in sight."""
        done: set[tuple[int, int]] = set()
        cut: set[int] = set()
        for margin in self.windowing.margins:
            box = _widened(core, margin, self.cells.shape)
            apart, firsts = self._apart(box)
            own = {number for number, first in firsts.items() if _holds(core, first)}
            cut = own & _cut(apart.clusters, box, self.cells.shape, sight(self.diameter))
            new = [number for number in own - cut if firsts[number] not in done]
            self._take(apart, firsts, box, new)
            done.update(firsts[number] for number in new)
            self._let_go()
            if not cut:
                break
        return not cut

    def add_rest(self, core: Box, whole: int) -> None:
        """Divide what is left in a window: parts of clusters that end in no window.

        Args:
            core: The window.
            whole: How many cells there are of clusters that end in one.
        """
        left = (self.cells[core] == 0) & (self.probability[core] > self.threshold)
        if not left.any():
            return
        box = _widened(core, self.windowing.margins[0], self.cells.shape)
        apart, firsts = self._apart(box)
        there = self.cells[box]
        ended = np.unique(apart.clusters[(there > 0) & (there <= whole)])
        inner = tuple(
            slice(c.start - b.start, c.stop - b.start) for c, b in zip(core, box, strict=True)
        )
        cells = apart.cells[inner]
        wanted = (cells > 0) & ~np.isin(apart.clusters[inner], ended)
        numbers = np.zeros(len(apart.peaks) + 1, np.int32)
        for number in np.unique(cells[wanted]):
            y, x = apart.peaks[number - 1]
            peak = (box[0].start + int(y), box[1].start + int(x))
            if peak not in self.by_peak:
                self.order.append((*firsts[int(apart.clusters[y, x])], int(number)))
                self.by_peak[peak] = len(self.order)
            numbers[number] = self.by_peak[peak]
        self.cells[core][wanted] = numbers[cells[wanted]]
        self._let_go()

    def _let_go(self) -> None:
        let_go(self.cells, self.probability)
        if self.interior is not None:
            let_go(self.interior)

    def numbered(self) -> Ints:
        """Return the cells, numbered as in one piece."""
        numbers = np.zeros(len(self.order) + 1, np.int32)
        keys = np.array(self.order, np.int64).reshape(-1, 3)
        numbers[1 + np.lexsort(keys.T[::-1])] = np.arange(1, len(keys) + 1)
        for rows in row_bands(self.cells):
            self.cells[rows] = numbers[self.cells[rows]]
        return self.cells

    def _apart(self, box: Box) -> tuple[Apart, dict[int, tuple[int, int]]]:
        """Divide all that is in a box; also return the first pixel of each of its clusters."""
        mask = self.probability[box] > self.threshold
        interior = None if self.interior is None else self.interior[box]
        apart = clusters_apart(mask, cell_diameter=self.diameter, interior=interior)
        firsts = {}
        for number, around in enumerate(ndimage.find_objects(apart.clusters), start=1):
            row = apart.clusters[around[0].start, around[1]]
            column = around[1].start + int(np.argmax(row == number))
            firsts[number] = (box[0].start + around[0].start, box[1].start + column)
        return apart, firsts

    def _take(
        self, apart: Apart, firsts: dict[int, tuple[int, int]], box: Box, clusters: list[int]
    ) -> None:
        """Take over the cells of some clusters of a box."""
        taken = np.zeros(len(firsts) + 1, bool)
        taken[clusters] = True
        of_peaks = apart.clusters[tuple(apart.peaks.T)]
        numbers = np.zeros(len(apart.peaks) + 1, np.int32)
        for cell in np.flatnonzero(taken[of_peaks]):
            self.order.append((*firsts[int(of_peaks[cell])], int(cell)))
            numbers[cell + 1] = len(self.order)
        where = taken[apart.clusters]
        self.cells[box][where] = numbers[apart.cells[where]]


def _widened(box: Box, margin: int, shape: tuple[int, ...]) -> Box:
    rows, columns = (
        slice(max(side.start - margin, 0), min(side.stop + margin, length))
        for side, length in zip(box, shape, strict=True)
    )
    return rows, columns


def _holds(box: Box, point: tuple[int, int]) -> bool:
    return all(side.start <= at < side.stop for side, at in zip(box, point, strict=True))


def _cut(clusters: Ints, box: Box, shape: tuple[int, ...], near: int) -> set[int]:
    """Return the clusters of a box that come as near as ``near`` to where it cuts the image."""
    rows, columns = box
    strips = [
        clusters[:near] if rows.start > 0 else None,
        clusters[-near:] if rows.stop < shape[0] else None,
        clusters[:, :near] if columns.start > 0 else None,
        clusters[:, -near:] if columns.stop < shape[1] else None,
    ]
    found = [np.unique(strip) for strip in strips if strip is not None]
    return {int(number) for numbers in found for number in numbers} - {0}
