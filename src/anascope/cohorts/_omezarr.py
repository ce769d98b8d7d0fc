"""Images and masks as OME-Zarr 0.5, one group an image, as napari and others open them.

A group ``NAME.ome.zarr`` holds the image at full resolution as array ``0`` with axes (y, x),
and, if a mask is known, the label image ``labels/mask`` of the same size whose values are
those of :class:`anascope.records.MaskValue`. Where single cells are told apart, the label image
``labels/instances`` holds the number of the cell at each pixel, 0 where none is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import zarr
from numpy.typing import NDArray
from ome_zarr_models.v05.axes import Axis
from ome_zarr_models.v05.image import ImageAttrs
from ome_zarr_models.v05.image_label import ImageLabelAttrs
from ome_zarr_models.v05.image_label_types import Color, Label, Property, Source
from ome_zarr_models.v05.labels import LabelsAttrs
from ome_zarr_models.v05.multiscales import Dataset, Multiscale
from pydantic import Field
from zarr.codecs import BloscCodec

from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.records import MaskValue
from anascope.settings import Description, read_file

_SUFFIX = ".ome.zarr"
_MASK = "mask"
_INSTANCES = "instances"
_IMAGE_ARRAY, _MASK_ARRAY, _INSTANCES_ARRAY = "0", f"labels/{_MASK}/0", f"labels/{_INSTANCES}/0"
_METADATA = "zarr.json"
_CHUNK = 512  # pixels a side: a window of one patch touches at most four chunks
SMALL = 128  # pixels; images of at most this size go together on sheets
SHEET_CELLS = 32  # small images along a side of a sheet
LARGEST_SHEET = SMALL * SHEET_CELLS
"""Pixels along a side of a stored image that holds more than one field."""

_Side = Annotated[int, Field(ge=1)]
_ChunkSide = Annotated[int, Field(ge=1, le=_CHUNK)]

_COLOURS = {
    MaskValue.BACKGROUND: (0, 0, 0, 0),
    MaskValue.CELL: (230, 159, 0, 128),
    MaskValue.UNKNOWN: (86, 180, 233, 128),
}
_SOURCE = Source(image="../../")


def write_image(
    folder: Path,
    name: str,
    image: GreyImage,
    mask: NDArray[np.uint8] | None,
    pixel_size_um: float | None,
    instances: NDArray[np.uint16] | None = None,
) -> None:
    """Write one image, with its mask and instances if there are any, as ``folder/NAME.ome.zarr``.

    Args:
        folder: Where the group goes.
        name: Name of the image, free of path separators.
        image: Signal, axes (y, x).
        mask: Values of :class:`MaskValue`, axes (y, x), or None.
        pixel_size_um: Size of a pixel in micrometres; None writes pixels without a unit.
        instances: Number of the cell at each pixel, 0 where none is, axes (y, x), or None.
    """
    group = zarr.create_group(image_folder(folder, name), overwrite=False, zarr_format=3)
    multiscale = _multiscale(name, pixel_size_um)
    group.attrs["ome"] = _dump(ImageAttrs(version="0.5", multiscales=[multiscale]))
    _write_array(group, "0", image)
    known = {_MASK: mask, _INSTANCES: instances}
    given = {label: pixels for label, pixels in known.items() if pixels is not None}
    if not given:
        return
    labels = group.create_group("labels")
    labels.attrs["ome"] = _dump(LabelsAttrs(version="0.5", labels=list(given)))
    descriptions = {_MASK: _mask_label(), _INSTANCES: Label(version="0.5", source=_SOURCE)}
    for label, pixels in given.items():
        label_group = labels.create_group(label)
        attributes = ImageLabelAttrs.model_validate(
            {
                "version": "0.5",
                "multiscales": [multiscale],
                "image-label": descriptions[label],
            }
        )
        label_group.attrs["ome"] = _dump(attributes)
        _write_array(label_group, "0", pixels)


def _mask_label() -> Label:
    return Label(
        version="0.5",
        colors=tuple(
            Color.model_validate({"label-value": int(value), "rgba": rgba})
            for value, rgba in _COLOURS.items()
        ),
        properties=tuple(
            Property.model_validate({"label-value": int(v), "class": v.name.lower()})
            for v in MaskValue
        ),
        source=_SOURCE,
    )


def image_folder(folder: Path, name: str) -> Path:
    """Return the group of image ``name``."""
    return folder / (name + _SUFFIX)


class _ChunkShape(Description):
    chunk_shape: tuple[_ChunkSide, _ChunkSide]


class _ChunkGrid(Description):
    """How an array is cut into chunks; larger ones would take memory before they are read."""

    name: Literal["regular"]
    configuration: _ChunkShape


class StoredArray(Description):
    """What the metadata of a stored array say, so far as reading it depends on them.

    Attributes:
        zarr_format, node_type: What sort of metadata they are.
        shape: Height and width.
        data_type: Of the values.
        chunk_grid: How it is cut.
    """

    zarr_format: Literal[3]
    node_type: Literal["array"]
    shape: tuple[_Side, _Side]
    data_type: str
    chunk_grid: _ChunkGrid


def open_image(folder: Path, name: str) -> zarr.Array[Any]:
    """Return the array of an image, axes (y, x), not yet read.

    Raises:
        InputError: if something lies in it that is neither file nor folder.
    """
    return _open(folder, name, _IMAGE_ARRAY)


def open_mask(folder: Path, name: str) -> zarr.Array[Any]:
    """Return the array of an image's mask, axes (y, x), not yet read; raises as the image's."""
    return _open(folder, name, _MASK_ARRAY)


def open_instances(folder: Path, name: str) -> zarr.Array[Any]:
    """Return the array of an image's cell numbers, axes (y, x), not yet read; raises likewise."""
    return _open(folder, name, _INSTANCES_ARRAY)


def stored_image(folder: Path, name: str) -> StoredArray:
    """Return what is said of an image; nothing but one small file is read.

    Raises:
        InputError: if that file is missing or damaged.
    """
    return _stored(folder, name, _IMAGE_ARRAY)


def stored_mask(folder: Path, name: str) -> StoredArray:
    """Return what is said of an image's mask; as :func:`stored_image`."""
    return _stored(folder, name, _MASK_ARRAY)


def stored_instances(folder: Path, name: str) -> StoredArray:
    """Return what is said of an image's cell numbers; as :func:`stored_image`."""
    return _stored(folder, name, _INSTANCES_ARRAY)


def has_instances(folder: Path, name: str) -> bool:
    """Tell whether single cells are told apart in an image."""
    return (image_folder(folder, name) / "labels" / _INSTANCES).is_dir()


def _stored(folder: Path, name: str, array: str) -> StoredArray:
    return read_file(StoredArray, image_folder(folder, name) / array / _METADATA)


def _open(folder: Path, name: str, array: str) -> zarr.Array[Any]:
    group = image_folder(folder, name)
    _refuse_pipes(group / array)
    return zarr.open_array(group, path=array, mode="r")


def _refuse_pipes(folder: Path) -> None:
    """Refuse what would keep a reader waiting for ever: pipes and devices among the chunks."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                _refuse_pipes(Path(entry.path))
            elif not entry.is_file():
                raise InputError(entry.path, "no file", "a chunk as the import wrote it")


def _multiscale(name: str, pixel_size_um: float | None) -> Multiscale:
    unit = None if pixel_size_um is None else "micrometer"
    scale = 1.0 if pixel_size_um is None else pixel_size_um
    return Multiscale(
        name=name,
        axes=tuple(Axis(name=axis, type="space", unit=unit) for axis in ("y", "x")),
        datasets=(Dataset.build(path="0", scale=(scale, scale), translation=None),),
    )


def _write_array(group: zarr.Group, path: str, pixels: NDArray[Any]) -> None:
    array = group.create_array(
        path,
        shape=pixels.shape,
        dtype=pixels.dtype,
        chunks=tuple(min(_CHUNK, side) for side in pixels.shape),
        compressors=BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),
        dimension_names=("y", "x"),
    )
    array[...] = pixels


def _dump(attributes: ImageAttrs | ImageLabelAttrs | LabelsAttrs) -> dict[str, Any]:
    dumped: dict[str, Any] = attributes.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dumped
