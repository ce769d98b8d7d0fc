"""Hashes of pixels, which tell images apart however they are stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.files import sha256_of
from anascope.images import GreyImage
from anascope.records import FieldRecord, Window


def pixels_hash(pixels: NDArray[Any]) -> str:
    """Return the SHA-256 of an array's type, shape and values."""
    header = f"{pixels.dtype.str} {pixels.shape}".encode()
    return sha256_of(header, np.ascontiguousarray(pixels).tobytes())


def described(
    record: FieldRecord,
    image: GreyImage,
    mask: NDArray[np.uint8] | None,
    instances: NDArray[np.uint16] | None,
) -> FieldRecord:
    """Return ``record`` with all that its pixels say: size, full scale, mask and hashes.

    Args:
        record: What is known of the field; its name of a stored image is left as it is.
        image: Signal, axes (y, x).
        mask: Values of ``MaskValue``, axes (y, x), or None.
        instances: Number of the cell at each pixel, axes (y, x), or None.
    """
    return replace(
        record,
        window=Window(0, 0, *image.shape),
        full_scale=int(np.iinfo(image.dtype).max),
        has_mask=mask is not None,
        pixels_sha256=pixels_hash(image),
        mask_sha256=None if mask is None else pixels_hash(mask),
        instances_sha256=None if instances is None else pixels_hash(instances),
    )
