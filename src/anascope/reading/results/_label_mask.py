"""The label mask as TIFF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import IN_MEMORY, let_go, row_bands
from anascope.files import replacing

_TILE = 512  # pixels of a side of the tiles that a slide is written in
_MOST_16 = 65535  # cells that 16 bits can number


def write_label_mask(
    labels: NDArray[np.int32], path: str | Path, *, pixel_size_um: float | None = None
) -> None:
    """Write a label mask as TIFF: each pixel holds the number of its cell, 0 where none is.

    ImageJ, QuPath and CellProfiler open it. It has 16 bits, or 32 where a number is over 65,535,
    and loses nothing by its compression (zlib); a slide is in tiles. The pixel size stands in the
    tags that TIFF has for it, in pixels a centimetre.

    Args:
        labels: The number of the cell at each pixel, axes (y, x).
        path: The file to write, whole or not at all.
        pixel_size_um: Micrometres a pixel, or None if it is not known.
    """
    path = Path(path)
    from tifffile import imwrite  # the command line does without

    highest = max(int(labels[rows].max(initial=0)) for rows in row_bands(labels))
    bits = np.uint16 if highest <= _MOST_16 else np.uint32
    large = labels.nbytes >= IN_MEMORY
    with replacing(path) as temporary:
        imwrite(
            temporary,
            _tiles(labels, bits) if large else labels.astype(bits),
            shape=labels.shape,
            dtype=bits,
            tile=(_TILE, _TILE) if large else None,
            photometric="minisblack",
            compression="zlib",
            resolution=None if pixel_size_um is None else (1e4 / pixel_size_um,) * 2,
            resolutionunit=None if pixel_size_um is None else "CENTIMETER",
            metadata=None,
            software="anascope",
        )


def _tiles(labels: NDArray[np.int32], bits: type[np.unsignedinteger[Any]]) -> Iterator[Any]:
    """Yield a label mask in tiles, row by row."""
    height, width = labels.shape
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield labels[top : top + _TILE, left : left + _TILE].astype(bits)
        let_go(labels)
