"""One drawn field: cells, stain, optics, camera, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.records import MaskValue
from anascope.synthetic._scene import Scene
from anascope.synthetic._specimen import Specimen
from anascope.synthetic.cells import Cell, Phase, draw_cells, draw_dirt
from anascope.synthetic.optics import (
    Floats,
    as_read_back,
    burn_in,
    illumination,
    photograph,
    thinned,
)

_BLEACHED = 0.04  # share of the light that the exposure of a field costs the next ones
_COARSEST_UM = 0.35  # pixels that are larger are painted in halves: textures are finer than they


@dataclass(frozen=True)
class DrawnCell:
    """One cell of a drawn field.

    Attributes:
        number: Its value in the field's instances, from 1.
        phase: Interphase, or a phase of mitosis.
        patterns: The patterns that it shows, as leaves of the pattern tree.
        min_y, min_x, max_y, max_x: Its box in pixels, both ends within.
        y, x: Centre of its pixels.
        area: Number of its visible pixels.
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
        cells: The visible cells, by number.
        hidden: Axes (y, x), where something is burnt into the picture; None if nothing is. The
            instances continue beneath it, though cells cannot be seen there.
    """

    image: NDArray[np.uint8] | NDArray[np.uint16]
    instances: NDArray[np.uint16]
    cells: tuple[DrawnCell, ...]
    hidden: NDArray[np.bool_] | None = None

    @property
    def mask(self) -> NDArray[np.uint8]:
        """Values of :class:`~anascope.records.MaskValue`, axes (y, x).

        Pixels of a cell that a scale bar or a label hides are unknown; beside cells, bars and
        labels are background.
        """
        cells = self.instances > 0
        mask = np.where(cells, MaskValue.CELL, MaskValue.BACKGROUND).astype(np.uint8)
        if self.hidden is not None:
            mask[cells & self.hidden] = MaskValue.UNKNOWN
        return mask


def draw_field(
    rng: np.random.Generator,
    specimen: Specimen,
    shape: tuple[int, int] | None = None,
    *,
    exposures: int = 0,
) -> DrawnField:
    """Draw a field of a specimen. The same state of ``rng`` gives the same pixels.

    Args:
        rng: The source of randomness.
        specimen: The specimen that it shows.
        shape: Height and width in pixels; the microscope's own if None.
        exposures: How often this well was exposed before: each bleaches it by 4%.
    """
    microscope = specimen.microscope
    shape = shape or microscope.shape
    pixel = microscope.pixel_size_um
    size_um = (shape[0] * pixel, shape[1] * pixel)
    cells = draw_cells(rng, specimen.habit, size_um, microscope.focus_um)
    step = 1 if pixel <= _COARSEST_UM else 2
    finer = replace(microscope, magnification=microscope.magnification * step)
    scene = Scene(rng, specimen, finer, (shape[0] * step, shape[1] * step))
    for cell in cells:
        scene.paint(cell)
    light, instances = scene.close()
    light, instances = thinned(light, step), instances[::step, ::step]

    bleached = (1 - _BLEACHED) ** exposures
    light *= np.float32(microscope.border_level * specimen.strength * bleached)
    unspecific = scene.unspecific()
    if unspecific is not None:
        unspecific = np.float32(bleached) * thinned(unspecific, step)
        light += unspecific
    light += np.float32(specimen.background) * scene.uneven()[::step, ::step]
    level = microscope.border_level * specimen.strength
    light += draw_dirt(rng, shape, pixel, level, microscope.debris_per_mm2)
    light *= illumination(rng, shape, microscope.shading)
    image = photograph(rng, light, microscope, specimen.gain)
    hidden = burn_in(rng, image, microscope)
    if microscope.jpeg_quality and microscope.bits == 8:
        image = as_read_back(image.astype(np.uint8, copy=False), unspecific, microscope)
    drawn = _visible(cells, instances, light, specimen)
    return DrawnField(image, np.ascontiguousarray(instances), drawn, hidden)


def _visible(
    cells: list[Cell], instances: NDArray[np.uint16], light: Floats, specimen: Specimen
) -> tuple[DrawnCell, ...]:
    """Return the cells of which something is on the field, with what can be measured of them."""
    visible = []
    for number, box in enumerate(ndimage.find_objects(instances), start=1):
        if not box:  # wholly hidden, or off the field
            continue
        own = instances[box] == number
        rows, columns = np.nonzero(own)
        top, left = box[0].start, box[1].start
        visible.append(
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
    return tuple(visible)
