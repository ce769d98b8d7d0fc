"""Where the cells of a mosaic come to lie: some touch or cover a neighbour, the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Corner = tuple[int, int]

_JITTER = 0.18  # deviation of a cell's place from its lattice point, as a share of the pitch
_TRIES = 60  # places that are tried for a cell that is to lie alone
_FURTHER = 0.9  # of the pitch: how far from its own place the last of these is
_AROUND = np.ones((3, 3), np.bool_)


@dataclass(frozen=True)
class Closeness:
    """How near to each other cells lie.

    Attributes:
        touching: Share of cells that touch another or lie over it, as far as there is room for the
            others to lie alone.
        hidden: Share of the smaller of two such cells that is hidden at most.
    """

    touching: float
    hidden: float


def corners_of(
    rng: np.random.Generator,
    cells: Sequence[NDArray[np.bool_]],
    rows: int,
    shape: tuple[int, int],
    closeness: Closeness,
) -> list[Corner]:
    """Return where the first pixel of each cut-out comes to lie; some are partly off the field.

    Args:
        rng: Where chance comes from.
        cells: Which pixels of each cut-out are its cell; as many as a lattice of ``rows`` has
            points. The later ones are in front.
        rows: Of the lattice.
        shape: Height and width of the field.
        closeness: How near to each other they lie.
    """
    pitch = np.array([shape[0] / rows, shape[1] / (len(cells) // rows)])
    lattice = np.indices((rows, len(cells) // rows)).reshape(2, -1).T
    centres = (lattice + 0.5) * pitch
    centres += rng.normal(0, _JITTER, centres.shape) * pitch
    places = _Places(shape)
    for cell, centre in zip(cells, centres, strict=True):
        wanted = np.rint(centre - np.array(cell.shape) / 2)
        nearest = places.nearest(wanted, cell)
        if nearest is not None and places.touching < closeness.touching * (len(places) + 1):
            limit = float(rng.uniform(0, closeness.hidden))
            places.put(cell, places.beside(wanted, cell, nearest, limit))
        else:
            steps = rng.normal(0, 1, (_TRIES, 2)) * np.linspace(0, _FURTHER, _TRIES)[:, np.newaxis]
            places.put(cell, places.alone(np.rint(wanted + steps * pitch), cell))
    return places.corners


class _Places:
    """The cells that have a place so far."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.corners: list[Corner] = []
        self._numbers = np.zeros(shape, np.int32)
        self._centres: list[NDArray[np.float64]] = []
        self._areas: list[int] = []
        self._touching: set[int] = set()

    def __len__(self) -> int:
        return len(self.corners)

    @property
    def touching(self) -> int:
        """How many of them touch another."""
        return len(self._touching)

    def nearest(
        self, corner: NDArray[np.float64], cell: NDArray[np.bool_]
    ) -> NDArray[np.float64] | None:
        """Return the centre that is nearest to the cell's own; None if there is no other cell."""
        if not self._centres:
            return None
        away = np.array(self._centres) - corner - _centre(cell)
        return self._centres[int(np.argmin(np.hypot(*away.T)))]

    def alone(self, corners: NDArray[np.float64], cell: NDArray[np.bool_]) -> Corner:
        """Return the first of these places where the cell touches no other, or hides least."""
        around = ndimage.binary_dilation(np.pad(cell, 1), _AROUND)
        hidden = []
        for y, x in corners.astype(int):
            hidden.append(int((self._under((y - 1, x - 1), around) > 0).sum()))
            if not hidden[-1]:
                break
        y, x = corners[int(np.argmin(hidden))].astype(int)
        return int(y), int(x)

    def beside(
        self,
        corner: NDArray[np.float64],
        cell: NDArray[np.bool_],
        towards: NDArray[np.float64],
        limit: float,
    ) -> Corner:
        """Return the place nearest to a neighbour where the cell hides no more than it may.

        Args:
            corner: Of its own place: it is moved along the line from there to the neighbour.
            cell: The cell.
            towards: The centre of the neighbour.
            limit: Share of the smaller cell of any two that may be hidden.
        """
        middle = _centre(cell)
        direction = corner + middle - towards
        direction = direction / max(float(np.hypot(*direction)), 1.0)
        for step in range(2 * max(cell.shape)):
            place = np.rint(towards + direction * step - middle).astype(int)
            if not self._hides_more((int(place[0]), int(place[1])), cell, limit):
                return int(place[0]), int(place[1])
        return self.alone(corner[np.newaxis], cell)

    def put(self, cell: NDArray[np.bool_], corner: Corner) -> None:
        """Give a cell its place."""
        self.corners.append(corner)
        number = len(self.corners)
        around = ndimage.binary_dilation(np.pad(cell, 1), _AROUND)
        met = np.unique(self._under((corner[0] - 1, corner[1] - 1), around))
        neighbours = set(met[met > 0].tolist())
        if neighbours:
            self._touching |= neighbours | {number}
        on_field, on_cut = shared(corner, cell.shape, self._numbers.shape)
        self._numbers[on_field][cell[on_cut]] = number
        self._centres.append(np.array(corner) + _centre(cell))
        self._areas.append(int(cell.sum()))

    def _under(self, corner: Corner, cell: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the numbers of the cells at the pixels of a cell, 0 where none is."""
        on_field, on_cut = shared(corner, cell.shape, self._numbers.shape)
        return self._numbers[on_field][cell[on_cut]]

    def _hides_more(self, corner: Corner, cell: NDArray[np.bool_], limit: float) -> bool:
        hidden = np.bincount(self._under(corner, cell))
        area = int(cell.sum())
        return any(
            hidden[number] > limit * min(area, self._areas[number - 1])
            for number in np.flatnonzero(hidden[1:]) + 1
        )


def shared(
    corner: Corner, size: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the part of the field under a cut-out, and the part of the cut-out on the field."""
    first = [max(offset, 0) for offset in corner]
    last = [
        max(min(offset + side, extent), start)
        for offset, side, extent, start in zip(corner, size, shape, first, strict=True)
    ]
    on_field = tuple(slice(start, stop) for start, stop in zip(first, last, strict=True))
    on_cut = tuple(
        slice(start - offset, stop - offset)
        for offset, start, stop in zip(corner, first, last, strict=True)
    )
    return (on_field[0], on_field[1]), (on_cut[0], on_cut[1])


def _centre(cell: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the centre of a cell on its cut-out."""
    return np.asarray(np.argwhere(cell).mean(axis=0), np.float64)
