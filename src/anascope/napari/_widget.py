"""Reads the layer in view."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from anascope.errors import InputError
from anascope.images import GreyImage, at_full_scale, full_scale_of_16_bits
from anascope.napari._layers import LayerData, decision_in_words, layers_of

if TYPE_CHECKING:
    from pathlib import Path

    import napari

    from anascope.reading import Reader


def read_layer(
    image: napari.layers.Image,
    viewer: napari.Viewer,
    pixel_size_um: float = 0.0,
    model: str = "s",
) -> list[napari.types.LayerDataTuple]:
    """Read the image layer in view, and add its cells, dividing cells and the decision.

    The decision appears in the corner of the window, and in the metadata of the layers.

    Args:
        image: A grey image; of one in colour the green channel is read, and of a stack the plane
            in view.
        viewer: The window.
        pixel_size_um: In micrometres; 0 takes the scale of the layer if that is in micrometres, and
            else the size is estimated from the picture.
        model: Name of a bundled model, or the folder of one.

    Returns:
        Two layers, as napari takes them.

    Raises:
        InputError: if the image is of another type, or it cannot be read.
    """
    pixels = plane_of(image, viewer)
    given_um = pixel_size_um or _scale_um(image)
    field, arrays = _reader(model).field(
        pixels, pixel_size_um=given_um, field=image.name, specimen=image.name, source=image.name
    )
    viewer.text_overlay.text = decision_in_words(field)
    viewer.text_overlay.visible = True
    placed = {key: getattr(image, key)[-2:] for key in ("scale", "translate", "units")}
    layers: list[LayerData] = layers_of(field, arrays.labels, **placed)
    return layers


@lru_cache(maxsize=1)
def _reader(model: str | Path) -> Reader:
    from anascope.reading import Reader

    return Reader(model)


def plane_of(image: Any, viewer: Any) -> GreyImage:
    """Return the grey levels in view, axes (y, x), at the full scale of their type.

    Of 16 bits the full scale is that of the camera whose values they seem to be, of 12, 14 or 16
    bits, as when files are read that do not say theirs.

    Raises:
        InputError: if they are not whole numbers of 8 or 16 bits.
    """
    data = image.data[0] if getattr(image, "multiscale", False) else image.data
    if image.rgb:
        data = data[..., 1]
    steps = viewer.dims.current_step[-data.ndim :]
    plane = np.asarray(data[tuple(steps[:-2])])
    if plane.dtype not in (np.uint8, np.uint16):
        raise InputError(image.name, f"values of type {plane.dtype}", "uint8 or uint16")
    if plane.dtype == np.uint8:
        return plane
    return at_full_scale(plane.copy(), full_scale_of_16_bits(float(plane.max(initial=0))))


def _scale_um(image: Any) -> float | None:
    """Return the side of a pixel if the layer states it in micrometres."""
    unit = str(image.units[-1])
    return float(image.scale[-1]) if unit in ("micrometer", "micron", "um", "µm") else None
