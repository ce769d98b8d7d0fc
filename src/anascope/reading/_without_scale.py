"""A field of which nobody knows how large its pixels are: it is not evaluable."""

from __future__ import annotations

import numpy as np

from anascope.arrays import room_for
from anascope.images import GreyImage
from anascope.reading._evaluability import check_light
from anascope.reading._quality import check_quality, measure_field
from anascope.reading._records import Evaluability, FieldArrays, FieldReading
from anascope.reading._stopwatch import Stopwatch


def without_scale(
    pixels: GreyImage, why: Evaluability, names: tuple[str, str, str], watch: Stopwatch
) -> tuple[FieldReading, FieldArrays]:
    """Return a field without cells, pattern and intensity.

    Args:
        pixels: Axes (y, x), uint8 or uint16.
        why: That no pixel size can be had. It is not told where there is no light to see by.
        names: Of field, specimen and source.
        watch: What the field took so far.
    """
    field, specimen, source = names
    shape = (pixels.shape[0], pixels.shape[1])
    labels, mask = room_for(shape, np.int32), room_for(shape, np.float32)
    with watch.stage("cells"):
        measured = measure_field(pixels, labels, None)
    reading = FieldReading(
        field=field,
        specimen=specimen,
        source=source,
        provenance=None,
        height=shape[0],
        width=shape[1],
        pixel_size_um=None,
        evaluability=check_light(measured) or why,
        decision=None,
        cells=(),
        mitotic_figures=None,
        quality=check_quality(measured, None),
        seconds=watch.seconds,
    )
    return reading, FieldArrays(pixels, labels, mask, None, (1.0, 1.0))
