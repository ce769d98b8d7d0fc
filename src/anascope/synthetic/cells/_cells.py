"""The cells of a field: where they lie, how they are shaped, in which phase they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic.optics import Floats, Microscope

ANGLES = 256
"""An outline is given by its radius in this many directions, from x towards y."""

_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)


class Phase(StrEnum):
    """Where a cell is in its division."""

    INTERPHASE = "interphase"
    PROMETAPHASE = "prometaphase"
    METAPHASE = "metaphase"
    ANAPHASE = "anaphase"
    TELOPHASE = "telophase"


_MITOTIC = {Phase.PROMETAPHASE: 0.25, Phase.METAPHASE: 0.45, Phase.ANAPHASE: 0.15}
"""Share of the phases among mitotic cells; the rest is in telophase. Metaphase is the longest of
those in which chromatin stands condensed and apart."""


_LOOSE = 0.07
"""Share of cells that lie loose on others, far from the plane of focus."""

_OVER_ANOTHER, _APART = 0.72, 1.02
"""Least distance of two cells that may overlap, and of others, over the sum of their radii."""


@dataclass(frozen=True)
class Habit:
    """How the cells of a specimen grow: one culture, one fixation.

    Attributes:
        nucleus_um: Diameter of a typical nucleus.
        elongation: Long over short axis of a typical nucleus.
        per_mm2: Nuclei in a square millimetre where cells grow.
        overlapping: Share of cells that may lie over another.
        bare: Share of the slide where none grow.
        spindly: 0 for polygonal cells, 1 for spindles with long tails.
        spread: Radius of a typical cell over that of its nucleus.
        mitotic: Share of cells in division; 0.01 to 0.08 on good slides.
        raggedness: Waves of the outlines of the nuclei, 1 is usual.
    """

    nucleus_um: float
    elongation: float
    per_mm2: float
    overlapping: float
    bare: float
    spindly: float
    spread: float
    mitotic: float
    raggedness: float

    @classmethod
    def draw(cls, rng: np.random.Generator, microscope: Microscope) -> Habit:
        """Draw the habit of a specimen as this microscope's laboratory shows them."""
        low, high = np.log(microscope.nuclei_per_mm2)
        return cls(
            nucleus_um=microscope.nucleus_um * float(np.exp(rng.normal(0, 0.07))),
            elongation=float(rng.uniform(*microscope.elongation)),
            per_mm2=float(np.exp(rng.uniform(low, high))),
            overlapping=microscope.overlapping,
            bare=float(rng.choice([0.0, rng.uniform(0.05, 0.5)], p=[0.55, 0.45])),
            spindly=float(rng.beta(1.2, 1.6)),
            spread=float(rng.uniform(*microscope.spread)),
            mitotic=float(rng.uniform(*microscope.mitotic)),
            raggedness=float(np.exp(rng.normal(0, 0.3))),
        )


@dataclass(frozen=True)
class Cell:
    """A cell; all lengths in micrometres.

    Attributes:
        y, x: Its centre on the field.
        phase: Interphase, or a phase of mitosis.
        axis: Angle of its long axis; in mitosis that of the spindle.
        nucleus: (256,) Radius of the nucleus by direction. In mitosis, when there is no nucleus,
            that of the whole rounded cell.
        body: (256,) Radius of the whole cell by direction.
        nucleoli: (K, 3) Their y and x from the centre, and their radii; none in mitosis.
        brightness: Its fluorescence over that of a typical cell of the field.
        focus_um: How far it lies from the plane of focus.
    """

    y: float
    x: float
    phase: Phase
    axis: float
    nucleus: NDArray[np.float64]
    body: NDArray[np.float64]
    nucleoli: NDArray[np.float64]
    brightness: float
    focus_um: float

    @property
    def mitotic(self) -> bool:
        """Whether it divides."""
        return self.phase is not Phase.INTERPHASE


def draw_cells(
    rng: np.random.Generator, habit: Habit, size_um: tuple[float, float], focus_um: float
) -> list[Cell]:
    """Draw the cells of a field of ``size_um`` (height, width), those on its rim included.

    Args:
        rng: Where chance comes from.
        habit: How the specimen's cells grow.
        size_um: Height and width of the field.
        focus_um: Standard deviation of their distance from the plane of focus.

    Returns:
        From the lowest to the topmost; at least one has its centre on the field.
    """
    centres = _scatter(rng, habit, size_um)
    flow = _Flow(rng, size_um)
    plane = rng.normal(0, (0.75 * focus_um, 0.5 * focus_um, 0.5 * focus_um))  # and its tilt
    cells = []
    for y, x, radius in centres:
        focus = float(plane @ (1.0, y / size_um[0] - 0.5, x / size_um[1] - 0.5))
        focus += float(rng.normal(0, focus_um * (2.5 if rng.random() < _LOOSE else 0.35)))
        axis = flow.angle(y, x) + rng.normal(0, 0.45)
        brightness = float(np.exp(rng.normal(0, 0.22)))
        if rng.random() < habit.mitotic:
            phase, body, glow = _mitotic(rng, radius, axis)
            nucleus, body, nucleoli = body, 1.04 * body, np.zeros((0, 3))
        else:
            phase, glow = Phase.INTERPHASE, 1.0
            nucleus, body, nucleoli = _interphase(rng, habit, radius, axis)
        bright = brightness * glow
        cells.append(Cell(y, x, phase, axis, nucleus, body, nucleoli, bright, focus))
    # Cells in division round up and stand out over the others.
    return sorted(cells, key=lambda cell: cell.mitotic)


def _scatter(
    rng: np.random.Generator, habit: Habit, size_um: tuple[float, float]
) -> NDArray[np.float64]:
    """Return y, x and radius of nuclei, (N, 3), few of which overlap."""
    margin = 1.5 * habit.nucleus_um
    height, width = (side + 2 * margin for side in size_um)
    wanted = max(1, round(habit.per_mm2 * height * width * 1e-6 * (1 - habit.bare)))
    density = _density(rng, habit, (height, width))
    tries = max(400, 14 * wanted)
    y, x = rng.uniform(0, height, tries), rng.uniform(0, width, tries)
    grown = density[
        (y / height * density.shape[0]).astype(int), (x / width * density.shape[1]).astype(int)
    ]
    radius = 0.5 * habit.nucleus_um * np.exp(rng.normal(0, 0.1, tries))
    radius *= np.where(rng.random(tries) < 0.03, rng.uniform(1.2, 1.5, tries), 1)  # giant cells
    close = np.where(rng.random(tries) < habit.overlapping, _OVER_ANOTHER, _APART)
    kept = np.array([[rng.uniform(0.3, 0.7) * height, rng.uniform(0.3, 0.7) * width, radius[0]]])
    for index in np.flatnonzero(grown):
        if len(kept) >= wanted:
            break
        distances = np.hypot(kept[:, 0] - y[index], kept[:, 1] - x[index])
        if (distances > close[index] * (kept[:, 2] + radius[index])).all():
            kept = np.vstack([kept, (y[index], x[index], radius[index])])
    return kept - (margin, margin, 0.0)


def _density(
    rng: np.random.Generator, habit: Habit, size_um: tuple[float, float]
) -> NDArray[np.bool_]:
    """Return on a coarse grid of 8 µm where cells grow."""
    grid = tuple(max(4, round(side / 8)) for side in size_um)
    smooth = ndimage.gaussian_filter(rng.standard_normal(grid), 5, mode="reflect")
    return np.asarray(smooth >= np.quantile(smooth, habit.bare))


class _Flow:
    """A smooth field of directions: neighbours lie alike."""

    def __init__(self, rng: np.random.Generator, size_um: tuple[float, float]) -> None:
        self._knots = ndimage.gaussian_filter(rng.standard_normal((2, 12, 16)), (0, 3, 3))
        self._size = size_um

    def angle(self, y: float, x: float) -> float:
        row = int(np.clip(y / self._size[0], 0, 0.999) * self._knots.shape[1])
        column = int(np.clip(x / self._size[1], 0, 0.999) * self._knots.shape[2])
        sine, cosine = self._knots[:, row, column]
        return 0.5 * float(np.arctan2(sine, cosine))


def _interphase(
    rng: np.random.Generator, habit: Habit, radius: float, axis: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return nucleus, body and nucleoli of a cell."""
    stretch = float(np.clip(habit.elongation * np.exp(rng.normal(0, 0.11)), 1.02, 1.9)) ** 0.5
    nucleus = ellipse(radius * stretch, radius / stretch, axis)
    nucleus = nucleus * waves(rng, habit.raggedness * np.array([0, 0, 0.022, 0.018, 0.011, 0.008]))
    count = int(rng.integers(2, 7))
    away = radius * np.sqrt(rng.uniform(0, 0.4, count))
    where = rng.uniform(0, 2 * np.pi, count)
    size = habit.nucleus_um * (0.03 + 0.11 * rng.beta(1.5, 1.5, count))
    nucleoli = np.stack([away * np.sin(where), away * np.cos(where), size], axis=1)
    body = _spread(rng, habit, radius, axis)
    return nucleus, np.maximum(body, 1.06 * nucleus), nucleoli


def _spread(
    rng: np.random.Generator, habit: Habit, radius: float, axis: float
) -> NDArray[np.float64]:
    """Return the outline of a spread cell: a rounded polygon, drawn out into tails."""
    spread = radius * habit.spread * float(np.exp(rng.normal(0, 0.12)))
    stretch = 1 + 0.25 * habit.spindly
    body = ellipse(spread * stretch, spread / stretch, axis) * waves(
        rng, np.array([0.1, 0.08, 0.06, 0.04, 0.03, 0.02])
    )
    tails = 2 + int(rng.random() < 0.35)
    towards = axis + np.pi * np.arange(tails) + rng.normal(0, 0.35, tails)
    for angle in towards:
        length = habit.spindly * rng.uniform(0.1, 1.5) + rng.uniform(0, 0.35)
        sharp = rng.uniform(8, 30)
        body = body * (1 + length * np.exp(sharp * (np.cos(_THETA - angle) - 1)))
    return body


def _mitotic(
    rng: np.random.Generator, radius: float, axis: float
) -> tuple[Phase, NDArray[np.float64], float]:
    """Return phase and outline of a cell in division, and how many times brighter it is."""
    shares = [*_MITOTIC.values(), 1 - sum(_MITOTIC.values())]
    phase = list(Phase)[1:][int(rng.choice(4, p=shares))]
    size = radius * rng.uniform(1.12, 1.32)
    stretch = {Phase.ANAPHASE: 1.12, Phase.TELOPHASE: 1.3}.get(phase, 1.02)
    body = ellipse(size * stretch, size / stretch**0.4, axis)
    if phase is Phase.TELOPHASE:  # a furrow parts the daughters
        body = body * (1 - 0.22 * np.exp(6 * (np.cos(2 * (_THETA - axis - np.pi / 2)) - 1)))
    body = body * waves(rng, np.array([0.0, 0.02, 0.015, 0.01, 0.008]))
    return phase, body, float(np.exp(rng.normal(0.2, 0.2)))


def ellipse(long: float, short: float, axis: float) -> NDArray[np.float64]:
    """Return the radius of an ellipse by direction, (256,)."""
    along, across = np.cos(_THETA - axis) / long, np.sin(_THETA - axis) / short
    return 1 / np.hypot(along, across)


def waves(rng: np.random.Generator, heights: Floats | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return random waves about 1 by direction, (256,); ``heights[k]`` for ``k + 1`` periods."""
    number = np.arange(1, len(heights) + 1)[:, np.newaxis]
    phase = rng.uniform(0, 2 * np.pi, (len(heights), 1))
    height = rng.normal(0, heights)[:, np.newaxis]
    return np.asarray(1 + (height * np.cos(number * _THETA + phase)).sum(axis=0))
