"""What a stain is: how the antibodies of one pattern light up a cell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np

from anascope.synthetic.cells import Tile, soft_step
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._ranges import Ranges, shipped_ranges

RARE = 0.15
"""Frequency of leaves that laboratories seldom report, beside the usual ones of their family."""


@dataclass(frozen=True)
class Stain(ABC):
    """The staining of one serum with one pattern.

    Values that differ from serum to serum are drawn once, by :meth:`draw`, so that all cells of a
    specimen look alike. Brightness is relative: about 1 where the pattern is bright.

    To add a pattern: write a subclass in the file of its family, name it in ``__init__.py``, say in
    ``ranges.yaml`` how its values differ from serum to serum, and inherit the contract tests.

    Attributes:
        cytoplasm: Brightness of the unspecific haze of the cell body.
    """

    leaf: ClassVar[str]
    """Name of the pattern, a leaf of the pattern tree."""
    whole_cell: ClassVar[bool] = False
    """Whether what is stained is the whole cell; else the mask shows nuclei."""
    outline_um: ClassVar[float] = 0.0
    """How far outside the nucleus a person draws its outline. Where the rim itself is dim, as
    between dots, the annotators of MIVIA drew it wider than where it shines (0.3 to 0.45 µm)."""
    least_light: ClassVar[float] = 0.0
    """Least light that counts as the specimen's fluorescence. Over 0 where most cells shine less
    than what the pattern is named after, so that it is that by which the strength is read."""
    least_mitotic: ClassVar[float] = 0.0
    """Least share of dividing cells in its specimens. Over 0 where only these show the pattern:
    nobody could label a slide so that has none."""
    frequency: ClassVar[float] = 1.0
    """How often it is the leaf that a label of its family stands for, over a usual one."""
    detailed_body: ClassVar[bool] = False
    """Whether the cytoplasm has detail; else it is painted at a quarter of the resolution."""

    cytoplasm: float = field(default=0.15, kw_only=True)

    @classmethod
    def draw(cls, rng: np.random.Generator, ranges: Ranges | None = None) -> Self:
        """Draw the values of one serum, those in ``ranges`` otherwise than usual."""
        values = {**shipped_ranges()[cls.leaf], **(ranges or {})}
        return cls(**{name: value.draw(rng) for name, value in values.items()})

    @abstractmethod
    def nucleus(self, tile: Tile) -> Floats:
        """Paint the nucleus of a cell in interphase, axes (y, x)."""

    def body(self, tile: Tile) -> Floats:
        """Paint the cytoplasm of a cell in interphase, axes (y, x)."""
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(3))
        streaks = 1 + 0.16 * tile.noise.grains(tile.shape, 1.0)
        spread = np.clip(4 * (1 - tile.body), 0, 1)
        light = 0.4 * spread + 0.6 * thickness(tile) * near
        return np.float32(self.cytoplasm) * light * streaks

    @abstractmethod
    def mitosis(self, tile: Tile) -> Floats:
        """Paint the whole of a cell in mitosis, axes (y, x): the experts' clue."""


def thickness(tile: Tile) -> Floats:
    """Return how thick a spread cell is: highest at the nucleus, thin towards its outline."""
    return np.clip(1 - tile.body, 0, 1) * np.float32(1.5)


def whole_body(tile: Tile, cytoplasm: float) -> Floats:
    """Return the body of a cell of which nothing shines much, with its grains and its outline."""
    ends = soft_step(0.95 - tile.body, 0.06)
    grains = 1 + 0.12 * tile.noise.grains(tile.shape, 0.3)
    haze = np.float32(cytoplasm) * (0.3 + 0.7 * thickness(tile)) * ends * grains
    return haze * (1 - 0.4 * tile.inside)


def rounded(tile: Tile) -> Floats:
    """Return how thick a rounded mitotic cell is, 1 in its middle."""
    return np.clip(1 - tile.nucleus**2, 0, 1) ** np.float32(0.35)


def around_chromatin(tile: Tile, cytoplasm: float, chromatin: float) -> Floats:
    """Return a mitotic cell with so bright a cytoplasm and chromatin."""
    plate = tile.chromatin
    return rounded(tile) * (np.float32(cytoplasm) * (1 - plate) + np.float32(chromatin) * plate)
