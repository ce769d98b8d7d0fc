"""A field on which cells are painted one after the other, up to the light that leaves the slide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic._specimen import Specimen
from anascope.synthetic.cells import Canvas, Cell, Noise, Tile
from anascope.synthetic.optics import (
    Floats,
    Microscope,
    blurred,
    defocus_sigma_um,
    through_objective,
)
from anascope.synthetic.stains import Stain

_COARSE = 4  # pixels of the field to one of the canvas for smooth light, at most
_SMOOTH_UM = 1.3  # pixel of that canvas where pixels are large
_BRIGHT = 0.95  # quantile of the cells' light that counts as their fluorescence
_UNEVEN = 0.03  # deviation of the background from place to place, as a share of it


class Scene:
    """A field on which cells are painted one after the other, the topmost last.

    Args:
        rng: Where chance comes from.
        specimen: What the cells show.
        microscope: What they are seen through, at the pixel size that is painted in.
        shape: Height and width in such pixels.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        specimen: Specimen,
        microscope: Microscope,
        shape: tuple[int, int],
    ) -> None:
        self._rng = rng
        self._specimen = specimen
        self._microscope = microscope
        self._pixel = microscope.pixel_size_um
        self._step = max(1, min(_COARSE, round(_SMOOTH_UM / self._pixel)))
        self._noise = Noise(rng, self._pixel)
        self._coarse_noise = Noise(rng, self._pixel * self._step)
        coarse = tuple(-(-side // self._step) + 1 for side in shape)
        self._fine, self._coarse = Canvas(shape), Canvas(coarse)
        unspecific = specimen.unspecific is not None
        self._own = (Canvas(shape), Canvas(coarse)) if unspecific else None
        self._number = 0

    def paint(self, cell: Cell) -> None:
        """Paint a cell with every stain of the specimen, as much out of focus as it lies."""
        self._number += 1
        if cell.mitotic:
            tile = self._tile(cell, 1.15 * float(cell.nucleus.max()) + 1)
            self._put(tile, self._sum(tile, "mitosis"))
            self._paint_unspecific(tile, None)
            self._fine.mark(tile, tile.nucleus < 1, self._number, 1 - tile.nucleus)
            return
        detailed = [s for s in self._specimen.stains if s[0].detailed_body]
        smooth = [s for s in self._specimen.stains if not s[0].detailed_body]
        body = self._tile(cell, 1.05 * float(cell.body.max()), coarse=True)
        if smooth:
            light = self._sum(body, "body", smooth)
            self._coarse.add(body, light * np.float32(cell.brightness))
        if detailed:
            tile = self._tile(cell, 1.05 * float(cell.body.max()) + 1)
            light = self._sum(tile, "body", detailed)
            self._put(tile, light, front=1 - tile.body)
        else:
            tile = self._tile(cell, 1.1 * float(cell.nucleus.max()) + 1)
        self._put(tile, self._sum(tile, "nucleus"))
        self._paint_unspecific(tile, body)
        if self._specimen.whole_cell:
            self._fine.mark(tile, tile.body < 0.95, self._number, 1 - tile.body)
        else:
            inside = tile.beyond < self._specimen.outline_um
            self._fine.mark(tile, inside, self._number, 2 - tile.nucleus)

    def close(self) -> tuple[Floats, NDArray[np.uint16]]:
        """Return the light that reaches the camera, 1 where cells are bright, and instances."""
        light = self._gathered(self._fine, self._coarse)
        covered = self._fine.instances > 0
        if covered.any():
            # Of two patterns, the one that lights up most cells decides.
            least = min(stain.least_light for stain, _ in self._specimen.stains)
            bright = float(np.quantile(light[covered][::7], _BRIGHT))
            light /= np.float32(max(bright, least, 1e-6))
        return through_objective(light, self._microscope), self._fine.instances

    def unspecific(self) -> Floats | None:
        """Return the light that no antibody gives, as it reaches the camera, in grey levels."""
        if self._own is None:
            return None
        return through_objective(self._gathered(*self._own), self._microscope)

    def uneven(self) -> Floats:
        """Return the uneven coat of unspecific light on the slide, about 1."""
        shape = self._fine.light.shape
        coat = self._coarse_noise.grains(self._coarse.light.shape, 1.5)
        coat = coat + 2 * self._coarse_noise.grains(self._coarse.light.shape, 25.0)
        return 1 + np.float32(_UNEVEN) * self._grown(coat, shape)

    def _paint_unspecific(self, tile: Tile, body: Tile | None) -> None:
        """Paint what shines without serum in a cell, in division where it has no spread body."""
        if self._own is None or self._specimen.unspecific is None:
            return
        own, (fine, coarse) = self._specimen.unspecific, self._own
        if body is not None:
            coarse.add(body, own.body(body))
        light = own.mitosis(tile) if body is None else own.nucleus(tile)
        fine.add(tile, blurred(light, self._defocus(tile.cell)))

    def _gathered(self, fine: Canvas, coarse: Canvas) -> Floats:
        """Return the light of two canvases, at the resolution of the fine one."""
        light = fine.light
        if coarse.light.any():
            light += self._grown(coarse.light, light.shape)
        return light

    def _grown(self, coarse: Floats, shape: tuple[int, ...]) -> Floats:
        """Return light of the coarse canvas at the resolution of the fine one."""
        return ndimage.zoom(coarse, self._step, order=1)[: shape[0], : shape[1]]

    def _defocus(self, cell: Cell) -> float:
        """Return the deviation of the blur of a cell, in pixels."""
        return defocus_sigma_um(cell.focus_um, self._microscope) / self._pixel

    def _tile(self, cell: Cell, reach_um: float, *, coarse: bool = False) -> Tile:
        pixel = self._pixel * (self._step if coarse else 1)
        noise = self._coarse_noise if coarse else self._noise
        reach_um += 2.5 * defocus_sigma_um(cell.focus_um, self._microscope)
        return Tile.around(cell, reach_um, pixel, noise, self._rng)

    def _sum(
        self, tile: Tile, compartment: str, stains: list[tuple[Stain, float]] | None = None
    ) -> Floats:
        total = np.zeros(tile.shape, np.float32)
        for stain, share in self._specimen.stains if stains is None else stains:
            total += np.float32(share) * getattr(stain, compartment)(tile)
        return total

    def _put(self, tile: Tile, light: Floats, front: Floats | None = None) -> None:
        cell = tile.cell
        sigma = self._defocus(cell)
        # What lies over and under the plane of focus in a cell that is itself in focus.
        depth = self._microscope.depth_um / self._pixel
        deep = 0.3 * light + 0.7 * blurred(light, depth) if sigma < 1 else light
        shown = blurred(deep, sigma) * np.float32(cell.brightness)
        if front is None:
            self._fine.add(tile, shown)
        else:
            self._fine.cover(tile, shown, front, sigma)
