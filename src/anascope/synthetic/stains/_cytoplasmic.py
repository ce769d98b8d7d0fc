"""Patterns of the cytoplasm that fill it: dots, speckles, mitochondria."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, rounded, thickness
from anascope.synthetic.stains._places import in_cytoplasm


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
        grains = 1 + 0.12 * tile.noise.grains(tile.shape, 0.3)
        haze = np.float32(self.cytoplasm) * (0.3 + 0.7 * thickness(tile)) * grains
        return (haze + self._detail(tile)) * outside * ends

    @abstractmethod
    def _detail(self, tile: Tile) -> Floats:
        """Paint what is bright in the cytoplasm, as if there were no nucleus."""

    def mitosis(self, tile: Tile) -> Floats:
        grains = np.exp(0.15 * tile.noise.grains(tile.shape, 0.4))
        plate = tile.chromatin
        return np.float32(self.mitotic) * rounded(tile) * grains * (1 - 0.75 * plate)


def _radial(tile: Tile, around_um: float, outward_um: float) -> Floats:
    """Return noise drawn out away from the nucleus."""
    arc = tile.theta * np.float32(tile.cell.nucleus.mean() * 1.3)
    bend = np.float32(0.8) * tile.noise.grains(tile.shape, 1.5)
    return tile.noise.along(arc + bend, tile.distance + bend, (around_um, outward_um))


@dataclass(frozen=True)
class DiscreteDots(Cytoplasmic):
    """AC-18, antibodies to GW182: some 5 to 20 dots in the cytoplasm of each cell."""

    leaf = "cytoplasmic discrete dots"
    least_light = 0.5

    def _detail(self, tile: Tile) -> Floats:
        count = int(tile.rng.integers(5, 21))
        height = np.exp(tile.rng.normal(0.2, 0.4, count))
        return tile.dots(in_cytoplasm(tile, count, outward=1.2, most=0.9), 0.27, height)


@dataclass(frozen=True)
class DenseFineCytoplasmic(Cytoplasmic):
    """AC-19, antibodies to ribosomal P: a dense cloud, nucleoli often stained with it.

    Attributes:
        nucleolar: Brightness of the nucleoli.
    """

    leaf = "cytoplasmic dense fine speckled"
    nucleolar: float = 0.35

    def _detail(self, tile: Tile) -> Floats:
        grains = 1 + 0.12 * tile.noise.grains(tile.shape, 0.3)
        return (0.25 + 0.75 * thickness(tile)) * grains * np.float32(0.8)

    def nucleus(self, tile: Tile) -> Floats:
        return super().nucleus(tile) + np.float32(self.nucleolar) * tile.nucleoli * tile.inside


@dataclass(frozen=True)
class FineCytoplasmic(Cytoplasmic):
    """AC-20, antibodies to Jo-1: small speckles scattered through the cytoplasm."""

    leaf = "cytoplasmic fine speckled"

    def _detail(self, tile: Tile) -> Floats:
        grains = np.exp(0.28 * tile.noise.grains(tile.shape, 0.26))
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(4))
        return (0.25 + 0.4 * thickness(tile) + 0.25 * near) * grains * np.float32(0.7)


@dataclass(frozen=True)
class Mitochondrial(Cytoplasmic):
    """AC-21, antibodies to mitochondria (AMA): a net of granular threads, dense at the nucleus."""

    leaf = "mitochondrial"

    def _detail(self, tile: Tile) -> Floats:
        granules = np.exp(0.4 * tile.noise.grains(tile.shape, 0.3))
        near = np.exp(-np.maximum(tile.beyond, 0) / np.float32(5))
        patches = soft_step(tile.noise.grains(tile.shape, 1.8) + 0.7 + near, 1.0)
        worms = threads(_radial(tile, 0.24, 0.9), 0.45) * granules
        return np.asarray(worms * patches * (0.35 + 0.9 * near), np.float32)
