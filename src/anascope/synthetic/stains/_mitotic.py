"""Patterns that the dividing cells show: spindle, centrosome, bridge and chromosomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from anascope.synthetic.cells import Phase, Tile, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import Stain, rounded, whole_body
from anascope.synthetic.stains._cytoplasmic import Cytoplasmic
from anascope.synthetic.stains._places import directions


@dataclass(frozen=True)
class Spindle(Stain):
    """What both have in common: bright poles and fibres between them.

    Attributes:
        fibres: Brightness of the fibres.
        poles: Brightness of the poles.
        nuclear: Brightness of nuclei in interphase.
    """

    fibres: float = 0.8
    poles: float = 1.2
    least_light = 0.6
    least_mitotic = 0.06
    proximal: ClassVar[float] = 1.0
    """How far the fibres shine, as a share of the way from a pole to the middle."""
    cap_um: ClassVar[tuple[float, float]] = (0.11, 0.11)
    """Half height and half width of a pole, as shares of the cell's radius."""
    nuclear: float = 0.2

    def mitosis(self, tile: Tile) -> Floats:
        size = np.float32(tile.cell.nucleus.mean())
        poles = tile.poles
        distance = np.float32(np.hypot(*poles[0]))
        along = tile.along / distance
        width = 0.45 * size * np.sqrt(np.clip(1 - along**2, 0.02, 1))
        if tile.cell.phase is Phase.TELOPHASE:
            width = 0.18 * size + 0.3 * np.abs(tile.along)
        across = tile.across / width
        spindle = np.exp(-(across**2)) * (np.abs(along) < 1)
        bundles = 0.5 + threads(tile.noise.along(across * size, tile.along, (0.35, 6.0)), 0.6)
        high, wide = (np.float32(share) * size for share in self.cap_um)
        out = (np.abs(tile.along) - distance + (tile.across / (2 * wide)) ** 2 * high) / high
        caps = np.float32(self.poles) * np.exp(-0.5 * (out**2 + (tile.across / wide) ** 2))
        fading = np.exp(-(1 - np.abs(along)) / np.float32(self.proximal)).clip(0, 1)
        light = np.float32(self.fibres) * spindle * bundles * (1 - 0.5 * tile.chromatin) * fading
        return light + caps + np.float32(0.15 + self.cytoplasm) * rounded(tile)


@dataclass(frozen=True)
class SpindleFibres(Spindle):
    """AC-25, antibodies to HsEg5: spindle and poles; interphase cells are negative."""

    leaf = "spindle fibers"
    detailed_body = True

    def body(self, tile: Tile) -> Floats:
        return whole_body(tile, self.cytoplasm)

    def nucleus(self, tile: Tile) -> Floats:
        return np.float32(self.nuclear) * tile.profile * tile.inside


@dataclass(frozen=True)
class NumaLike(Spindle):
    """AC-26, antibodies to NuMA: crescents at the poles, and speckled nuclei with dark nucleoli."""

    leaf = "numa-like"
    least_light = 0.0
    proximal = 0.35
    cap_um = (0.09, 0.24)

    def nucleus(self, tile: Tile) -> Floats:
        grains = np.exp(0.18 * tile.noise.grains(tile.shape, 0.3))
        spared = 1 - 0.7 * tile.nucleoli
        return np.float32(self.nuclear) * tile.profile * grains * spared * tile.inside


@dataclass(frozen=True)
class Centrosome(Cytoplasmic):
    """AC-24, antibodies to pericentrin and others: one or two dots beside the nucleus (ICAP).

    Two lie close together once the centrosome has doubled; in mitosis they stand at the poles.
    """

    leaf = "centrosome"
    whole_cell = False
    least_light = 0.5

    def _detail(self, tile: Tile) -> Floats:
        rng = tile.rng
        angle, turned = rng.uniform(0, 2 * np.pi, 2)
        away = tile.cell.nucleus[directions(np.array([angle]))] * rng.uniform(0.95, 1.25)
        place = away * np.array([np.sin(angle), np.cos(angle)])
        step = rng.uniform(0.3, 0.8) * np.array([np.sin(turned), np.cos(turned)])
        places = np.stack([place - step, place + step] if rng.random() < 0.5 else [place])
        return tile.dots(places, 0.34, rng.uniform(1.2, 2.2, len(places)))

    def body(self, tile: Tile) -> Floats:
        return whole_body(tile, self.cytoplasm) + self._detail(tile)

    def mitosis(self, tile: Tile) -> Floats:
        light = np.float32(self.mitotic) * rounded(tile) * (1 - 0.3 * tile.chromatin)
        return light + tile.dots(tile.poles, 0.4, tile.rng.uniform(1.0, 1.6, 2))


@dataclass(frozen=True)
class OnlyDividing(Stain):
    """What AC-27 and AC-28 have in common: cells in interphase are as dim as in AC-0.

    Attributes:
        bright: Brightness of what the pattern is named after.
        nuclear: Brightness of nuclei in interphase.
        mitotic: Brightness of the rest of a cell in mitosis.
    """

    detailed_body = True
    least_light = 0.6
    least_mitotic = 0.06
    bright: float = 1.2
    nuclear: float = 0.12
    mitotic: float = 0.25

    def body(self, tile: Tile) -> Floats:
        return whole_body(tile, self.cytoplasm)

    def nucleus(self, tile: Tile) -> Floats:
        grains = 1 + 0.06 * tile.noise.grains(tile.shape, 0.4)
        spared = 1 - 0.4 * tile.nucleoli
        return np.float32(self.nuclear) * tile.profile * grains * spared * tile.inside


@dataclass(frozen=True)
class IntercellularBridge(OnlyDividing):
    """AC-27, antibodies to proteins of the midbody: the bridge between two daughters (ICAP).

    The midzone of the spindle lights up in anaphase, before it is drawn together into the bridge.
    The thin bridge between daughters that are far apart already is not drawn.
    """

    leaf = "intercellular bridge"

    def mitosis(self, tile: Tile) -> Floats:
        light = np.float32(self.mitotic) * rounded(tile) * (1 - 0.2 * tile.chromatin)
        if tile.cell.phase is Phase.TELOPHASE:
            return light + np.float32(self.bright) * midzone(tile, 0.55, 0.4)
        if tile.cell.phase is Phase.ANAPHASE:
            bundles = 0.5 + 0.5 * threads(tile.noise.along(tile.across, tile.along, (0.5, 4)), 0.6)
            return light + np.float32(0.5 * self.bright) * midzone(tile, 0.6, 0.5) * bundles
        return light


@dataclass(frozen=True)
class MitoticChromosomal(OnlyDividing):
    """AC-28, antibodies to what coats condensed chromosomes: bright plates alone (ICAP).

    Brightest from prometaphase to metaphase; it fades when the chromosomes have parted.
    """

    leaf = "mitotic chromosomal"

    def mitosis(self, tile: Tile) -> Floats:
        plate = tile.chromatin
        coat = plate * (0.75 + 1.0 * (1 - plate))
        fades = {Phase.ANAPHASE: 0.75, Phase.TELOPHASE: 0.5}.get(tile.cell.phase, 1.0)
        grains = np.exp(0.12 * tile.noise.grains(tile.shape, 0.3))
        light = np.float32(self.mitotic) * rounded(tile)
        return light + np.float32(self.bright * fades) * coat * grains


def midzone(tile: Tile, thick_um: float, wide: float) -> Floats:
    """Return a bar between the daughters of a cell, across its spindle.

    Args:
        tile: The cell.
        thick_um: Half thickness along the spindle.
        wide: Half width across it, as a share of the cell's radius.
    """
    half = np.float32(wide * float(tile.cell.nucleus.mean()))
    thick = np.exp(-((tile.along / np.float32(thick_um)) ** 2))
    return np.asarray(thick * np.exp(-((tile.across / half) ** 4)), np.float32)
