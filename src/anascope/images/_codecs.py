"""Compressions of TIFF that tifffile leaves to imagecodecs, which need not be installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tifffile

from anascope.extras import is_installed, not_installed


@contextmanager
def codecs_needed(page: Any, where: str) -> Iterator[None]:
    """Name the extra where a page cannot be unpacked without imagecodecs.

    Args:
        page: The page of a TIFF file that is unpacked in the context.
        where: What to name in messages.

    Raises:
        InputError: if so.
    """
    try:
        yield
    except Exception as error:
        # Of ZSTD tifffile says that a module of Python is missing, before Python 3.14.
        wanted = isinstance(error, ImportError) or "imagecodecs" in str(error)
        if not wanted or is_installed("imagecodecs"):
            raise
        found = f"{_packing(page)}, and imagecodecs is not installed"
        otherwise = "the field saved as TIFF without compression"
        raise not_installed("imagecodecs", where, found=found, otherwise=otherwise) from None


def _packing(page: Any) -> str:
    """Return how the pixels of a page are packed, in words."""
    if page.compression == tifffile.COMPRESSION.NONE:
        return f"pixels of {page.bitspersample} bits"
    name = f"compression {_name(page.compression)}"
    plain = page.predictor == tifffile.PREDICTOR.NONE
    return name if plain else f"{name} with predictor {_name(page.predictor)}"


def _name(number: Any) -> str:
    return str(getattr(number, "name", number))
