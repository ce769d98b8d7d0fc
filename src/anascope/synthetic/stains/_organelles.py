"""Patterns of bodies in the cytoplasm that are few and large: Golgi, rods and rings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anascope.synthetic.cells import Tile, soft_step, threads
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains._base import rounded, thickness, whole_body
from anascope.synthetic.stains._cytoplasmic import Cytoplasmic
from anascope.synthetic.stains._places import Places, curve, directions, in_cytoplasm


@dataclass(frozen=True)
class Golgi(Cytoplasmic):
    """AC-22, antibodies to giantin and golgins: ribbons and grains at one side of the nucleus.

    Attributes:
        fragments: 0 for one compact ribbon, 1 for pieces all around the nucleus.
    """

    leaf = "golgi"
    whole_cell = False
    least_light = 0.5
    fragments: float = 0.3

    def _detail(self, tile: Tile) -> Floats:
        pole = np.float32(tile.rng.uniform(-np.pi, np.pi))
        turned = np.angle(np.exp(1j * (tile.theta - pole))).astype(np.float32)
        size = float(tile.cell.nucleus.mean())
        wide = np.float32(0.3 * size * (1 + 5 * self.fragments**1.5))
        wander = np.float32(0.7) * tile.noise.grains(tile.shape, 1.5)
        out = (tile.beyond - np.float32(tile.rng.uniform(0.3, 1.6)) - wander) / np.float32(1.3)
        profile = np.exp(-((turned * np.float32(size) / wide) ** 2) - out**2)
        pieces = soft_step(tile.noise.grains(tile.shape, 0.32) - np.float32(0.25), 0.4)
        ribbon = threads(tile.noise.grains(tile.shape, 0.6), 0.35)
        return profile * (1.1 * pieces + 0.7 * ribbon)

    def body(self, tile: Tile) -> Floats:
        # The ribbon lies partly over the nucleus.
        outside = 1 - np.float32(0.35) * tile.inside
        return self._detail(tile) * outside + np.float32(self.cytoplasm) * thickness(tile)

    def mitosis(self, tile: Tile) -> Floats:  # scattered into small pieces
        pieces = soft_step(tile.noise.grains(tile.shape, 0.35) - np.float32(1.0), 0.3)
        light = rounded(tile) * np.float32(self.mitotic) * (1 - 0.5 * tile.chromatin)
        return light + 0.5 * pieces * rounded(tile) * (1 - tile.chromatin)


@dataclass(frozen=True)
class RodsAndRings(Cytoplasmic):
    """AC-23, antibodies to IMPDH2: rods 3 to 10 µm long, rings 2 to 5 µm wide (Carcamo et al.).

    One or two in many cells and none in others, most of them close to the nucleus and some across
    it (PLoS ONE 6:e29690, 2011). The rest of the cell shines faintly.

    Attributes:
        share: Of the cells that have any.
        rings: Share of rings among them.
    """

    leaf = "rods and rings"
    whole_cell = False
    least_light = 0.5
    share: float = 0.6
    rings: float = 0.2

    def _detail(self, tile: Tile) -> Floats:
        total = np.zeros(tile.shape, np.float32)
        if tile.rng.random() < self.share:
            for _ in range(int(tile.rng.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))):
                total += self._shape(tile)
        return total

    def _shape(self, tile: Tile) -> Floats:
        kind = tile.rng.random()
        if kind < self.rings:
            places = _ring(tile)
        else:
            places = _rod_at_nucleus(tile) if kind < 0.5 + 0.5 * self.rings else _rod(tile)
        return curve(tile, places, 0.22, float(tile.rng.uniform(1.2, 2.0)))

    def body(self, tile: Tile) -> Floats:
        return whole_body(tile, self.cytoplasm) + self._detail(tile)

    def mitosis(self, tile: Tile) -> Floats:
        light = np.float32(self.mitotic) * rounded(tile) * (1 - 0.3 * tile.chromatin)
        if tile.rng.random() > 0.5 * self.share:
            return light
        bent = float(tile.rng.normal(0, 0.1))
        angle, size = float(tile.rng.uniform(0, 2 * np.pi)), float(tile.cell.nucleus.mean())
        start = 0.7 * size * np.array([[np.sin(angle), np.cos(angle)]])
        return light + curve(tile, start + _path(angle + np.pi / 2, bent, 3.0), 0.22, 1.0)


def _path(angle: float, bent: float, long_um: float) -> Places:
    """Return places a tenth of a micrometre apart, from 0, on an arc that turns ``bent`` a µm."""
    way = np.arange(0, long_um, 0.1)
    turned = angle + bent * (way - long_um / 2)
    return 0.1 * np.cumsum(np.stack([np.sin(turned), np.cos(turned)], axis=1), axis=0)


def _rod(tile: Tile) -> Places:
    """Draw a rod anywhere in the cytoplasm."""
    long = float(tile.rng.uniform(3, 8))
    path = _path(tile.rng.uniform(0, 2 * np.pi), tile.rng.normal(0, 0.12), long)
    return in_cytoplasm(tile, 1, outward=1.5, most=0.7) + path - path.mean(axis=0)


def _rod_at_nucleus(tile: Tile) -> Places:
    """Draw a rod that follows the outline of the nucleus."""
    size = float(tile.cell.nucleus.mean())
    begin = tile.rng.uniform(0, 2 * np.pi)
    angle = begin + np.arange(0, float(tile.rng.uniform(3, 10)), 0.1) / size
    away = tile.cell.nucleus[directions(angle)] * tile.rng.uniform(0.92, 1.12)
    return np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1)


def _ring(tile: Tile) -> Places:
    """Draw a ring in the cytoplasm."""
    radius = float(tile.rng.uniform(1, 2.5))
    angle = np.arange(0, 2 * np.pi, 0.1 / radius)
    circle = radius * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return in_cytoplasm(tile, 1, outward=1.5, most=0.7) + circle
