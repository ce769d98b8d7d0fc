"""One drawn field: cells, stain, optics, camera, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.records import MaskValue
from anascope.synthetic._specimen import Specimen
from anascope.synthetic.cells import Canvas, Cell, Noise, Phase, Tile, draw_cells, draw_dirt
from anascope.synthetic.optics import (
    Floats,
    blurred,
    defocus_sigma_um,
    illumination,
    photograph,
    through_objective,
)
from anascope.synthetic.stains import Stain

_COARSE = 4  # pixels of the field to one of the canvas for smooth light
_BRIGHT = 0.95  # quantile of the cells' light that counts as their fluorescence
_UNEVEN = 0.03  # deviation of the background from place to place, as a share of it
_BLEACHED = 0.04  # share of the light that the exposure of a field costs the next ones


@dataclass(frozen=True)
class DrawnCell:
    """One cell of a drawn field.

    Attributes:
        number: Its value in the field's instances, from 1.
        phase: Interphase, or a phase of mitosis.
        patterns: What it shows: leaves of the pattern tree.
        min_y, min_x, max_y, max_x: Its box in pixels, both ends within.
        y, x: Centre of its pixels.
        area: Pixels of it that are seen.
        brightness: Mean grey level, of 8 bits, over the background.
    """

    number: int
    phase: Phase
    patterns: tuple[str, ...]
    min_y: int
    min_x: int
    max_y: int
    max_x: int
    y: float
    x: float
    area: int
    brightness: float


@dataclass(frozen=True)
class DrawnField:
    """A drawn field and the truth about it.

    Attributes:
        image: Grey levels, axes (y, x); uint8 or uint16.
        instances: Axes (y, x); 0 is background, else the number of the cell.
        cells: The cells that are seen, by number.
    """

    image: NDArray[np.uint8] | NDArray[np.uint16]
    instances: NDArray[np.uint16]
    cells: tuple[DrawnCell, ...]

    @property
    def mask(self) -> NDArray[np.uint8]:
        """Values of :class:`~anascope.records.MaskValue`, axes (y, x); all are known."""
        return np.where(self.instances > 0, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)


def draw_field(
    rng: np.random.Generator,
    specimen: Specimen,
    shape: tuple[int, int] | None = None,
    *,
    exposures: int = 0,
) -> DrawnField:
    """Draw a field of a specimen. The same state of ``rng`` gives the same pixels.

    Args:
        rng: Where chance comes from.
        specimen: What it shows.
        shape: Height and width in pixels; the microscope's own if None.
        exposures: How often this well was exposed before: each bleaches it by 4%.
    """
    microscope = specimen.microscope
    shape = shape or microscope.shape
    pixel = microscope.pixel_size_um
    size_um = (shape[0] * pixel, shape[1] * pixel)
    cells = draw_cells(rng, specimen.habit, size_um, microscope.focus_um)
    scene = _Scene(rng, specimen, shape)
    for cell in cells:
        scene.paint(cell)
    light, instances = scene.close()

    light *= np.float32(microscope.border_level * specimen.strength * (1 - _BLEACHED) ** exposures)
    light += np.float32(specimen.background) * scene.uneven()
    light += draw_dirt(rng, shape, pixel, microscope.border_level * specimen.strength)
    light *= illumination(rng, shape, microscope.shading)
    image = photograph(rng, light, microscope, specimen.gain)
    return DrawnField(image, instances, _seen(cells, instances, light, specimen))


class _Scene:
    """A field on which cells are painted one after the other, the topmost last."""

    def __init__(
        self, rng: np.random.Generator, specimen: Specimen, shape: tuple[int, int]
    ) -> None:
        self._rng = rng
        self._specimen = specimen
        self._microscope = specimen.microscope
        self._pixel = specimen.microscope.pixel_size_um
        self._noise = Noise(rng, self._pixel)
        self._coarse_noise = Noise(rng, self._pixel * _COARSE)
        self._fine = Canvas(shape)
        self._coarse = Canvas(tuple(-(-side // _COARSE) + 1 for side in shape))
        self._number = 0

    def paint(self, cell: Cell) -> None:
        """Paint a cell with every stain of the specimen, as much out of focus as it lies."""
        self._number += 1
        if cell.mitotic:
            tile = self._tile(cell, 1.15 * float(cell.nucleus.max()) + 1)
            self._put(tile, self._sum(tile, "mitosis"))
            self._fine.mark(tile, tile.nucleus < 1, self._number, 1 - tile.nucleus)
            return
        detailed = [s for s in self._specimen.stains if s[0].detailed_body]
        smooth = [s for s in self._specimen.stains if not s[0].detailed_body]
        if smooth:
            tile = self._tile(cell, 1.05 * float(cell.body.max()), coarse=True)
            light = self._sum(tile, "body", smooth)
            self._coarse.add(tile, light * np.float32(cell.brightness))
        if detailed:
            tile = self._tile(cell, 1.05 * float(cell.body.max()) + 1)
            light = self._sum(tile, "body", detailed)
            self._put(tile, light, front=1 - tile.body)
        else:
            tile = self._tile(cell, 1.1 * float(cell.nucleus.max()) + 1)
        self._put(tile, self._sum(tile, "nucleus"))
        if self._specimen.whole_cell:
            self._fine.mark(tile, tile.body < 0.95, self._number, 1 - tile.body)
        else:
            inside = tile.beyond < self._specimen.outline_um
            self._fine.mark(tile, inside, self._number, 2 - tile.nucleus)

    def close(self) -> tuple[Floats, NDArray[np.uint16]]:
        """Return the light that reaches the camera, 1 where cells are bright, and instances."""
        light = self._fine.light
        if self._coarse.light.any():
            light += _grown(self._coarse.light, light.shape)
        seen = self._fine.instances > 0
        if seen.any():
            # Of two patterns, the one that lights up most cells decides.
            least = min(stain.least_light for stain, _ in self._specimen.stains)
            bright = float(np.quantile(light[seen][::7], _BRIGHT))
            light /= np.float32(max(bright, least, 1e-6))
        return through_objective(light, self._microscope), self._fine.instances

    def uneven(self) -> Floats:
        """Return the uneven coat of unspecific light on the slide, about 1."""
        shape = self._fine.light.shape
        coat = self._coarse_noise.grains(self._coarse.light.shape, 1.5)
        coat = coat + 2 * self._coarse_noise.grains(self._coarse.light.shape, 25.0)
        return 1 + np.float32(_UNEVEN) * _grown(coat, shape)

    def _tile(self, cell: Cell, reach_um: float, *, coarse: bool = False) -> Tile:
        pixel = self._pixel * (_COARSE if coarse else 1)
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
        sigma = defocus_sigma_um(cell.focus_um, self._microscope) / self._pixel
        # What lies over and under the plane of focus in a cell that is itself in focus.
        deep = 0.3 * light + 0.7 * blurred(light, 0.45 / self._pixel) if sigma < 1 else light
        seen = blurred(deep, sigma) * np.float32(cell.brightness)
        if front is None:
            self._fine.add(tile, seen)
        else:
            self._fine.cover(tile, seen, front, sigma)


def _grown(coarse: Floats, shape: tuple[int, ...]) -> Floats:
    """Return light of the coarse canvas at the resolution of the fine one."""
    return ndimage.zoom(coarse, _COARSE, order=1)[: shape[0], : shape[1]]


def _seen(
    cells: list[Cell], instances: NDArray[np.uint16], light: Floats, specimen: Specimen
) -> tuple[DrawnCell, ...]:
    """Return the cells of which something is on the field, with what can be measured of them."""
    seen = []
    for number, box in enumerate(ndimage.find_objects(instances), start=1):
        if not box:  # wholly hidden, or off the field
            continue
        own = instances[box] == number
        rows, columns = np.nonzero(own)
        top, left = box[0].start, box[1].start
        seen.append(
            DrawnCell(
                number=number,
                phase=cells[number - 1].phase,
                patterns=specimen.patterns,
                min_y=top,
                min_x=left,
                max_y=box[0].stop - 1,
                max_x=box[1].stop - 1,
                y=top + float(rows.mean()),
                x=left + float(columns.mean()),
                area=len(rows),
                brightness=float(light[box][own].mean() - specimen.background),
            )
        )
    return tuple(seen)
