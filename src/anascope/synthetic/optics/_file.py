"""From grey levels to a file and back: what a colour table and JPEG leave in the grey image."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.synthetic.optics._light import Floats
from anascope.synthetic.optics._microscope import Microscope

_STRONGER = 4.0  # a counterstain's light in its own colour, over what of it passes the green filter


def as_read_back(
    image: NDArray[np.uint8], unspecific: Floats | None, microscope: Microscope
) -> NDArray[np.uint8]:
    """Return the grey image that is read from the JPEG file of a field.

    Its green channel is the signal. JPEG stores brightness and two colours in blocks of 8×8, the
    colours often at half of the resolution; of a green image much of the signal is in the colours,
    so it comes back softer and with coarser blocks than a grey one of the same quality.

    Args:
        image: The field, axes (y, x).
        unspecific: Light of the cells and their counterstain in grey levels, axes (y, x), if any.
        microscope: Gives quality and colours.

    Returns:
        Of the same shape.
    """
    encoded = io.BytesIO()
    picture = Image.fromarray(_in_colours(image, unspecific, microscope))
    halved = "4:2:0" if microscope.jpeg_halves_colours else "4:4:4"
    picture.save(encoded, "JPEG", quality=microscope.jpeg_quality, subsampling=halved)
    encoded.seek(0)
    read = np.asarray(Image.open(encoded))
    return np.ascontiguousarray(read if read.ndim == 2 else read[..., 1])


def _in_colours(
    image: NDArray[np.uint8], unspecific: Floats | None, microscope: Microscope
) -> NDArray[np.uint8]:
    """Return a field as its file shows it: axes (y, x), or (y, x, 3) where it has a colour."""
    if microscope.colours == "grey":
        return image
    red = np.zeros(image.shape, np.float32)
    blue = np.zeros(image.shape, np.float32)
    if microscope.colours == "green and red":
        red += np.float32(microscope.red) * image
        if unspecific is not None and microscope.counterstain != "none":
            own = blue if microscope.counterstain == "dapi" else red
            own += np.float32(_STRONGER) * unspecific
    channels = [np.clip(np.rint(channel), 0, 255) for channel in (red, image, blue)]
    return np.stack(channels, axis=-1).astype(np.uint8)
