"""Patterns of the cytoplasm: fibres, speckles, mitochondria, Golgi."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, rounded, thickness


@dataclass(frozen=True)
class Cytoplasmic(Stain):
    """What the cytoplasmic patterns have in common.

    Attributes:
        nuclear: Brightness of the nucleus: cytoplasm over and under it.
        mitotic: Brightness of a cell in mitosis.
    """

    whole_cell = True
    detailed_body = True
    nuclear: float = 0.3
    mitotic: float = 1.0

    def nucleus(self, tile: Tile) -> Floats:
        grains = 1 + 0.08 * tile.noise.grains(tile.shape, 0.5)
        return np.float32(0.6 * self.nuclear) * tile.profile * tile.inside * grains

    def body(self, tile: Tile) -> Floats:
        outside = 1 - soft_step(-tile.beyond - np.float32(0.2), 0.4)
        ragged = np.float32(0.05) * tile.noise.grains(tile.shape, 0.9)
        ends = soft_step(0.92 + ragged - tile.body, 0.06)
        haze = np.float32(self.cytoplasm) * (0.3 + 0.7 * thickness(tile))
        return (haze + self._detail(tile)) * outside * ends

    @abstractmethod
    def _detail(self, tile: Tile) -> Floats:
        """Paint what is bright in the cytoplasm, as if there were no nucleus."""

    def mitosis(self, tile: Tile) -> Floats:
        grains = np.exp(0.3 * tile.noise.grains(tile.shape, 0.4))
        plate = tile.chromatin
        return np.float32(self.mitotic) * rounded(tile) * grains * (1 - 0.75 * plate)


def _radial(tile: Tile, around_um: float, outward_um: float) -> Floats:
    """Return noise drawn out away from the nucleus."""
    arc = tile.theta * np.float32(tile.cell.nucleus.mean() * 1.3)
    bend = np.float32(0.8) * tile.noise.grains(tile.shape, 1.5)
    return tile.noise.along(arc + bend, tile.distance + bend, (around_um, outward_um))


@dataclass(frozen=True)
class FibrillarLinear(Cytoplasmic):
    """AC-15, antibodies to actin: straight parallel stress fibres across the cell."""

    leaf = "cytoplasmic fibrillar linear"

    def _detail(self, tile: Tile) -> Floats:
        bend = np.float32(0.3) * tile.noise.grains(tile.shape, 3.0)
        noise = tile.noise.along(tile.across + bend, tile.along, (0.3, 12.0))
        return threads(noise, 0.4) * np.float32(0.9)

    def nucleus(self, tile: Tile) -> Floats:  # fibres run over and under it
        return (self._detail(tile) * np.float32(0.5) + np.float32(self.nuclear)) * tile.inside


@dataclass(frozen=True)
class FibrillarFilamentous(Cytoplasmic):
    """AC-16, antibodies to vimentin and keratins: a fine net that spreads from the nucleus."""

    leaf = "cytoplasmic fibrillar filamentous"

    def _detail(self, tile: Tile) -> Floats:
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(6))
        net = threads(_radial(tile, 0.3, 1.6), 0.35)
        return np.asarray(net * (0.3 + 0.9 * near), np.float32)


@dataclass(frozen=True)
class FibrillarSegmental(Cytoplasmic):
    """AC-17, antibodies to alpha-actinin and vinculin: short bright segments on fibres."""

    leaf = "cytoplasmic fibrillar segmental"

    def _detail(self, tile: Tile) -> Floats:
        fibres = threads(tile.noise.along(tile.across, tile.along, (0.3, 10.0)), 0.35)
        patches = soft_step(tile.noise.along(tile.along, tile.across, (0.7, 0.5)) - 0.3, 0.4)
        return fibres * (0.15 + 1.1 * patches)


@dataclass(frozen=True)
class DiscreteDots(Cytoplasmic):
    """AC-18, antibodies to GW182: some 5 to 20 dots in the cytoplasm of each cell."""

    leaf = "cytoplasmic discrete dots"

    def _detail(self, tile: Tile) -> Floats:
        rng = tile.rng
        count = int(rng.integers(5, 21))
        angle = rng.uniform(0, 2 * np.pi, count)
        index = (angle * 256 / (2 * np.pi)).astype(int) % 256
        inner, outer = 1.1 * tile.cell.nucleus[index], 0.8 * tile.cell.body[index]
        away = inner + (outer - inner).clip(0) * rng.uniform(0, 1, count) ** 1.5
        centres = np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1)
        return tile.dots(centres, 0.35, np.exp(rng.normal(0.2, 0.3, count)))


@dataclass(frozen=True)
class DenseFineCytoplasmic(Cytoplasmic):
    """AC-19, antibodies to ribosomal P: a dense cloud, nucleoli often stained with it."""

    leaf = "cytoplasmic dense fine speckled"

    def _detail(self, tile: Tile) -> Floats:
        grains = 1 + 0.12 * tile.noise.grains(tile.shape, 0.3)
        return (0.25 + 0.75 * thickness(tile)) * grains * np.float32(0.8)

    def nucleus(self, tile: Tile) -> Floats:
        return super().nucleus(tile) + np.float32(0.35) * tile.nucleoli * tile.inside


@dataclass(frozen=True)
class FineCytoplasmic(Cytoplasmic):
    """AC-20, antibodies to Jo-1: small speckles scattered through the cytoplasm."""

    leaf = "cytoplasmic fine speckled"

    def _detail(self, tile: Tile) -> Floats:
        grains = np.exp(0.45 * tile.noise.grains(tile.shape, 0.28))
        return (0.25 + 0.55 * thickness(tile)) * grains * np.float32(0.6)


@dataclass(frozen=True)
class Mitochondrial(Cytoplasmic):
    """AC-21, antibodies to mitochondria (AMA): a net of granular threads, dense at the nucleus."""

    leaf = "mitochondrial"

    def _detail(self, tile: Tile) -> Floats:
        granules = np.exp(0.4 * tile.noise.grains(tile.shape, 0.3))
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(4))
        patches = soft_step(tile.noise.grains(tile.shape, 1.8) + 0.6 + near, 1.0)
        return threads(_radial(tile, 0.22, 0.9), 0.4) * granules * patches * (0.4 + 0.8 * near)


@dataclass(frozen=True)
class Golgi(Cytoplasmic):
    """AC-22, antibodies to giantin and golgins: a ribbon at one side of the nucleus.

    Attributes:
        fragments: 0 for one compact ribbon, 1 for pieces all around the nucleus.
    """

    leaf = "golgi"
    whole_cell = False
    fragments: float = 0.3

    def _detail(self, tile: Tile) -> Floats:
        pole = tile.rng.uniform(-np.pi, np.pi)
        kappa = np.float32(3.0 - 2.6 * self.fragments)
        side = np.exp(kappa * (np.cos(tile.theta - np.float32(pole)) - 1))
        wander = np.float32(0.9) * tile.noise.grains(tile.shape, 2.0)
        band = np.exp(-(((tile.beyond - 0.7 - wander) / np.float32(0.9)) ** 2))
        pieces = soft_step(tile.noise.grains(tile.shape, 0.4) - np.float32(0.3), 0.5)
        ribbon = threads(tile.noise.grains(tile.shape, 0.7), 0.4)
        return side * band * (1.0 * pieces + 0.6 * ribbon)

    def body(self, tile: Tile) -> Floats:
        # The ribbon lies partly over the nucleus.
        outside = 1 - np.float32(0.35) * tile.inside
        return self._detail(tile) * outside + np.float32(self.cytoplasm) * thickness(tile)

    def mitosis(self, tile: Tile) -> Floats:  # scattered into small pieces
        pieces = soft_step(tile.noise.grains(tile.shape, 0.35) - np.float32(1.0), 0.3)
        light = rounded(tile) * np.float32(self.mitotic) * (1 - 0.5 * tile.chromatin)
        return light + 0.5 * pieces * rounded(tile) * (1 - tile.chromatin)
