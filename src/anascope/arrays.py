"""Arrays that may be too large for the memory, and how they are gone through.

An ordinary field takes a few megabytes; a whole slide takes gigabytes. Large arrays lie in
temporary files, mapped into memory, and are worked through in bands of rows: what was touched is
given back after each. Small arrays are ordinary, and are one band.
"""

from __future__ import annotations

import math
import mmap
import os
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

IN_MEMORY = 2**27
"""Bytes of an array from which on it lies in a temporary file: fields of a camera have less."""
_BAND = 2**22  # pixels of a band: a copy of it as 64-bit numbers takes 32 MiB


def room_for(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros, in memory or, from :data:`IN_MEMORY` bytes on, in a file.

    The file is in the folder for temporary files (``TMPDIR``) and goes when the array does.

    Raises:
        OSError: if that folder has no room for it.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < IN_MEMORY:
        return np.zeros(shape, dtype)
    with tempfile.TemporaryFile(prefix="anascope-") as file:
        # A full disk that is noticed only when a page is written would end the process.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        return np.memmap(file, dtype, "w+", shape=shape)


def row_bands(*arrays: NDArray[Any], most: int = _BAND) -> Iterator[slice]:
    """Yield the rows of images of one size, band by band, and let go of each band after it.

    Args:
        arrays: Axes (y, x, ...); all have the height of the first.
        most: Pixels of a band; it has one row at least.
    """
    height, width = arrays[0].shape[:2]
    step = max(most // max(width, 1), 1)
    for start in range(0, height, step):
        yield slice(start, min(start + step, height))
        let_go(*arrays)


def let_go(*arrays: NDArray[Any]) -> None:
    """Give back the memory that mapped arrays take; what is in them stays, in their files."""
    for array in arrays:
        base: Any = array
        while base is not None and not isinstance(base, mmap.mmap):
            base = getattr(base, "base", None)
        if base is not None and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)
