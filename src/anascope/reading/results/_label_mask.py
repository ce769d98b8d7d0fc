"""The label mask as TIFF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.files import replacing

_MOST_16 = 65535  # cells that 16 bits can number


def write_label_mask(
    labels: NDArray[np.int32], path: str | Path, *, pixel_size_um: float | None = None
) -> None:
    """Write a label mask as TIFF: each pixel holds the number of its cell, 0 where none is.

    ImageJ, QuPath and CellProfiler open it. It has 16 bits, or 32 where a number is over 65,535,
    and loses nothing by its compression (zlib). The pixel size stands in the tags that TIFF has
    for it, in pixels a centimetre.

    Args:
        labels: The number of the cell at each pixel, axes (y, x).
        path: The file to write, whole or not at all.
        pixel_size_um: Micrometres a pixel, or None if it is not known.
    """
    path = Path(path)
    from tifffile import imwrite  # the command line does without

    bits = np.uint16 if labels.max(initial=0) <= _MOST_16 else np.uint32
    with replacing(path) as temporary:
        imwrite(
            temporary,
            labels.astype(bits),
            photometric="minisblack",
            compression="zlib",
            resolution=None if pixel_size_um is None else (1e4 / pixel_size_um,) * 2,
            resolutionunit=None if pixel_size_um is None else "CENTIMETER",
            metadata=None,
            software="anascope",
        )
