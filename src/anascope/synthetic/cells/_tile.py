"""A cell on its own square of pixels: the coordinates that stains are painted in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from anascope.synthetic.cells._cells import ANGLES, Cell, Phase
from anascope.synthetic.cells._noise import Noise, soft_step
from anascope.synthetic.optics import Floats


@dataclass(frozen=True)
class Tile:
    """The square around a cell. Arrays have axes (y, x); lengths are in micrometres.

    Attributes:
        cell: What is in it.
        y, x: Coordinates from the cell's centre, (S, 1) and (1, S).
        top, left: The first row and column on the field, in pixels.
        pixel_um: Size of a pixel.
        noise: Where textures come from.
        rng: Where other chance comes from.
    """

    cell: Cell
    y: Floats
    x: Floats
    top: int
    left: int
    pixel_um: float
    noise: Noise
    rng: np.random.Generator

    @classmethod
    def around(
        cls, cell: Cell, reach_um: float, pixel_um: float, noise: Noise, rng: np.random.Generator
    ) -> Tile:
        """Return the tile that reaches so far from the cell's centre."""
        half = int(reach_um / pixel_um) + 1
        row, column = round(cell.y / pixel_um), round(cell.x / pixel_um)
        steps = np.arange(-half, half + 1)
        y = ((row + steps) * pixel_um - cell.y).astype(np.float32)[:, np.newaxis]
        x = ((column + steps) * pixel_um - cell.x).astype(np.float32)[np.newaxis]
        return cls(cell, y, x, row - half, column - half, pixel_um, noise, rng)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.y.shape[0], self.x.shape[1]

    @cached_property
    def distance(self) -> Floats:
        """From the cell's centre."""
        return np.hypot(self.y, self.x)

    @cached_property
    def theta(self) -> Floats:
        """Direction from the cell's centre, -π to π, from x towards y."""
        return np.arctan2(self.y, self.x)

    @cached_property
    def _direction(self) -> NDArray[np.int32]:
        return (self.theta * np.float32(ANGLES / (2 * np.pi))).astype(np.int32) % ANGLES

    @cached_property
    def nucleus(self) -> Floats:
        """0 at the centre, 1 on the outline of the nucleus (of the mitotic cell)."""
        return self.distance / self.cell.nucleus.astype(np.float32)[self._direction]

    @cached_property
    def body(self) -> Floats:
        """0 at the centre, 1 on the outline of the whole cell."""
        return self.distance / self.cell.body.astype(np.float32)[self._direction]

    @cached_property
    def beyond(self) -> Floats:
        """About how far outside the nucleus; negative inside."""
        outside = 1 - 1 / np.maximum(self.nucleus, np.float32(1e-3))
        return np.asarray(self.distance * outside, np.float32)

    @cached_property
    def inside(self) -> Floats:
        """1 in the nucleus, 0 outside, with an edge of 0.3 µm."""
        return soft_step(-self.beyond, 0.15)

    @cached_property
    def profile(self) -> Floats:
        """Thickness of the nucleus, 1 in its middle: flat, with rounded sides."""
        return np.clip(1 - self.nucleus**2, 0, 1) ** np.float32(0.25)

    @cached_property
    def nucleoli(self) -> Floats:
        """1 in the nucleoli, 0 elsewhere, with soft edges."""
        return self.blobs(self.cell.nucleoli, 0.25)

    @property
    def along(self) -> Floats:
        """Coordinate along the cell's axis."""
        return self.x * np.float32(np.cos(self.cell.axis)) + self.y * np.float32(
            np.sin(self.cell.axis)
        )

    @property
    def across(self) -> Floats:
        """Coordinate across the cell's axis."""
        return self.y * np.float32(np.cos(self.cell.axis)) - self.x * np.float32(
            np.sin(self.cell.axis)
        )

    def turned(
        self, along: NDArray[np.float64], across: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return places given along and across the cell's axis, (K, 2: y, x)."""
        sine, cosine = np.sin(self.cell.axis), np.cos(self.cell.axis)
        return np.stack([along * sine + across * cosine, along * cosine - across * sine], axis=1)

    def blobs(self, discs: NDArray[np.float64], edge_um: float) -> Floats:
        """Return 1 in ``discs`` (K, 3: y, x, radius), 0 elsewhere."""
        total = np.zeros(self.shape, np.float32)
        for y, x, radius in discs:
            piece, near = self._near(y, x, radius + 2 * edge_um)
            step = soft_step(np.float32(radius) - near, edge_um)
            np.maximum(total[piece], step, out=total[piece])
        return total

    def dots(
        self, centres: NDArray[np.float64], sigma_um: float, bright: NDArray[np.float64]
    ) -> Floats:
        """Return Gaussian dots at ``centres`` (K, 2: y, x), as high as ``bright`` says."""
        total = np.zeros(self.shape, np.float32)
        for (y, x), height in zip(centres, bright, strict=True):
            piece, near = self._near(y, x, 3 * sigma_um)
            total[piece] += np.float32(height) * np.exp(-0.5 * (near / np.float32(sigma_um)) ** 2)
        return total

    def _near(self, y: float, x: float, reach: float) -> tuple[tuple[slice, slice], Floats]:
        """Return the part of the tile around a point, and the distances from it."""
        pieces = []
        for centre, axis in ((y, self.y.ravel()), (x, self.x.ravel())):
            first = int(np.searchsorted(axis, centre - reach))
            pieces.append(slice(first, int(np.searchsorted(axis, centre + reach))))
        piece = (pieces[0], pieces[1])
        return piece, np.hypot(
            self.y[pieces[0]] - np.float32(y), self.x[:, pieces[1]] - np.float32(x)
        )

    def points_inside(self, count: int, *, most: float = 0.88) -> NDArray[np.float64]:
        """Draw places in the nucleus, none very near another, (count, 2: y, x).

        A sunflower spreads points evenly over a disc; shaking them takes its order away.
        """
        number = np.arange(count)
        distance = most * np.sqrt((number + 0.5) / count) + self.rng.normal(0, 0.07, count)
        angle = number * np.pi * (3 - np.sqrt(5)) + self.rng.uniform(0, 2 * np.pi)
        angle = angle + self.rng.normal(0, 0.25, count)
        direction = (angle * ANGLES / (2 * np.pi)).astype(int) % ANGLES
        radius = self.cell.nucleus[direction] * distance.clip(0.02, 0.93)
        return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)

    @cached_property
    def chromatin(self) -> Floats:
        """Condensed chromatin of a mitotic cell, 0 to about 1, with an uneven outline."""
        size = float(self.cell.nucleus.mean())
        wobble = np.float32(0.16 * size) * self.noise.grains(self.shape, 0.12 * size)
        along, across = self.along + np.float32(0.35) * wobble, self.across + wobble
        phase = self.cell.phase
        if phase is Phase.PROMETAPHASE:
            ring = np.hypot(along, across) - np.float32(0.38 * size)
            shape = np.float32(0.24 * size) - np.abs(ring + wobble)
        elif phase is Phase.METAPHASE:
            shape = _bar(along, across, 0.17 * size, 0.66 * size)
        elif phase is Phase.ANAPHASE:
            half_gap = np.float32(0.36 * size)
            bent = along - np.float32(0.12 / size) * np.sign(along) * across**2
            shape = _bar(np.abs(bent) - half_gap, across, 0.12 * size, 0.52 * size)
        else:
            half_gap = np.float32(0.62 * size)
            shape = _bar(np.abs(along) - half_gap, across, 0.17 * size, 0.42 * size)
        return soft_step(shape, 0.25)

    @property
    def poles(self) -> NDArray[np.float64]:
        """Where the spindle's poles are, (2, 2: y, x)."""
        size = float(self.cell.nucleus.mean())
        half_gap = {Phase.ANAPHASE: 0.72, Phase.TELOPHASE: 0.95}.get(self.cell.phase, 0.55) * size
        axis = np.array([np.sin(self.cell.axis), np.cos(self.cell.axis)])
        return np.stack([half_gap * axis, -half_gap * axis])


def _bar(along: Floats, across: Floats, thick: float, long: float) -> Floats:
    """Return how far inside a bar with rounded ends a place is, its long side across."""
    beyond = np.maximum(np.abs(across) - np.float32(long - thick), 0)
    return np.float32(thick) - np.hypot(along, beyond)
