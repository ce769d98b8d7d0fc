"""DICOM files, read by pydicom where it is installed: each frame is a field.

Microscopes and slide scanners write single frames, several frames (of several optical paths, say),
or one large image cut into tiles. What a header does not say plainly is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.extras import needed
from anascope.images._channels import COLOURS, AskedChannel, Channel, channel_of
from anascope.images._complaints import warnings_as_errors
from anascope.images._dicom_frames import channels_in, frames_of, pixel_size_in, tile_grid
from anascope.images._full_scale import Stored, said_full_scale
from anascope.images._grey import EXPECTED_VALUES, grey_from, refuse_one_bit
from anascope.images._page import Page

DICOM_SUFFIXES = frozenset({".dcm", ".dicom"})
"""Endings under which DICOM files are looked for in a folder; one that is named may have any."""

_DECODER = "one that is installed for them, or pixels that are not compressed"
_IMAGE = "a DICOM image of a field"
_MOST_VALUES = 400_000_000
_MOST_FRAMES = 10_000
_FLOATS = ("FloatPixelData", "DoubleFloatPixelData")
_TRANSFORMATION = "PixelValueTransformationSequence"
_NO_FIELDS = {"LABEL", "OVERVIEW", "THUMBNAIL"}  # what else a slide scanner photographs
_COLOURS = {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "PALETTE COLOR"}
_GREY = {"MONOCHROME1", "MONOCHROME2"}


def dicom_fields(file: Path | BinaryIO, where: str, asked: AskedChannel | None) -> Iterator[Page]:
    """Yield the fields of a DICOM file: its frames, or the image that its tiles make up.

    Of several optical paths the frames of the one that is asked for, else of the green one.

    Args:
        file: It, or where it is.
        where: What to name in messages.
        asked: The channel that is asked for, or None for the green one.

    Raises:
        InputError: if pydicom is not installed, or the file is damaged, no image, compressed in a
            way that no installed decoder takes, or of values that are no plain brightness.
    """
    needed(
        "pydicom",
        where,
        found="a DICOM file, and pydicom is not installed",
        otherwise="the field saved as TIFF",
    )
    with warnings_as_errors():
        image = _opened(file, where)
        _check_image(image, where)
        _check_values(image, where)
        full = _full_scale(image)
        colour = image.get("PhotometricInterpretation") in _COLOURS
        channels = channels_in(image)
        channel = None
        if len(channels) > 1 or (channels and asked is not None and not colour):
            channel = channel_of(channels, asked, where)
        within = asked if channel is None else None
        grid = tile_grid(image, where)
        frames = [None] if grid else frames_of(image, channel, len(channels), where)
        size = pixel_size_in(image)
    for number, frame in enumerate(frames, start=1):
        page_where = where if len(frames) == 1 else f"{where}, page {number}"
        yield Page(
            partial(_signal, image, frame, grid, page_where, within, full),
            size,
            channel,
            number,
            len(frames),
            is_scaled=image.get("BitsAllocated") == 8 or full is not None or colour,
        )


def _opened(file: Path | BinaryIO, where: str) -> Any:
    """Return the data set of a file, after its encoding was found to be one that is read."""
    reader: Any = import_module("pydicom.filereader")
    with ExitStack() as stack:
        opened = stack.enter_context(file.open("rb")) if isinstance(file, Path) else file
        opened.seek(0)
        reader.read_preamble(opened, False)
        meta = reader.read_dataset(opened, False, True, stop_when=lambda tag, *_: tag.group != 2)
        syntax = meta.get("TransferSyntaxUID")
        if syntax is None:
            raise InputError(where, "a DICOM file that does not state its encoding", _IMAGE)
        if syntax.is_deflated:  # unpacked as a whole, to any size
            raise InputError(where, "a deflated DICOM file", f"{_IMAGE}, not deflated")
        if syntax.is_encapsulated:
            _check_decoder(syntax, where)
        opened.seek(0)
        return reader.dcmread(opened)


def _check_decoder(syntax: Any, where: str) -> None:
    pixels: Any = import_module("pydicom.pixels")
    try:
        known = pixels.get_decoder(syntax).is_available
    except NotImplementedError:
        known = False
    if not known:
        raise InputError(
            where, f"pixels that no decoder of pydicom takes ({syntax.name})", _DECODER
        )


def _check_image(image: Any, where: str) -> None:
    """Refuse what is no image, no image of a field, or larger than any."""
    kind = getattr(image.get("SOPClassUID", ""), "name", "") or "object"
    if not any(name in image for name in ("PixelData", *_FLOATS)):
        raise InputError(where, f"a DICOM file without pixels ({kind})", _IMAGE)
    if "Segmentation" in kind:
        raise InputError(where, "a DICOM segmentation", _IMAGE)
    flavours = _NO_FIELDS & set(_listed(image.get("ImageType")))
    if flavours:
        raise InputError(where, f"an image of kind {min(flavours)}", _IMAGE)
    sides = [image.get(name) for name in ("Rows", "Columns")]
    frames = image.get("NumberOfFrames") or 1
    samples = image.get("SamplesPerPixel", 1)
    if not all(isinstance(side, int) and side > 0 for side in (*sides, samples)):
        raise InputError(where, "an image without a size", "a whole DICOM file")
    if not 0 < frames <= _MOST_FRAMES:
        raise InputError(where, f"{frames} frames", f"1 to {_MOST_FRAMES} frames")
    values = sides[0] * sides[1] * samples
    if values > _MOST_VALUES:
        found = f"a header that claims {values} values"
        raise InputError(where, found, f"at most {_MOST_VALUES}")


def _check_values(image: Any, where: str) -> None:
    """Refuse pixels that are no brightness from 0 on, or whose colours are not known."""
    colours = image.get("PhotometricInterpretation")
    if any(name in image for name in _FLOATS):
        return
    bits, stored = image.get("BitsAllocated"), image.get("BitsStored")
    if bits == 1:
        refuse_one_bit(where)
    if bits not in (8, 16) or not isinstance(stored, int) or not 1 < stored <= bits:
        raise InputError(where, f"pixels of {stored} in {bits} bits", EXPECTED_VALUES)
    if image.get("HighBit", stored - 1) != stored - 1:
        found = f"{stored} bits of which the highest is bit {image.HighBit}"
        raise InputError(where, found, "values in the lowest bits")
    if image.get("PixelRepresentation", 0) != 0:
        raise InputError(where, "signed pixels", EXPECTED_VALUES)
    if colours not in _GREY | _COLOURS:
        raise InputError(where, f"colours of kind {colours}", EXPECTED_VALUES)
    groups = [image, *(image.get("SharedFunctionalGroupsSequence") or [])]
    changes = (
        transformation for group in groups for transformation in group.get(_TRANSFORMATION) or []
    )
    for group in (*groups, *changes):
        if "ModalityLUTSequence" in group or float(group.get("RescaleIntercept") or 0) != 0:
            raise InputError(where, "values that the header changes", "brightness from 0 on")


def _full_scale(image: Any) -> int | None:
    """Return the full scale that the header says, or None.

    As many bits as are allocated say nothing: programs that do not know the camera write them. A
    window from 0 to the largest value of a camera says it, as the display range of ImageJ does.
    """
    bits, stored = image.get("BitsAllocated"), image.get("BitsStored")
    if bits in (8, 16) and stored < bits:
        return int(2**stored - 1)
    centre, width = (image.get(name) for name in ("WindowCenter", "WindowWidth"))
    if bits != 16 or not all(isinstance(value, (int, float, str)) for value in (centre, width)):
        return None
    # So the standard has it: a window of 65536 around 32768 is 0 to 65535.
    lowest = float(centre) - float(width) / 2
    return said_full_scale(float(width) - 1) if lowest == 0 else None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _signal(
    image: Any,
    frame: int | None,
    grid: tuple[int, int] | None,
    where: str,
    asked: AskedChannel | None,
    full: int | None,
) -> Stored:
    """Return the signal of a frame, or of all tiles where ``frame`` is None."""
    colour = image.get("PhotometricInterpretation") in _COLOURS
    sample = None
    if asked is not None:
        sample = channel_of(COLOURS if colour else (Channel(),), asked, where)
    with warnings_as_errors():
        if grid is None:
            values = _decoded(image, frame or 0, where)
        else:
            values = _of_tiles(image, grid, where)
    if image.get("PhotometricInterpretation") == "MONOCHROME1":
        values = (np.iinfo(values.dtype).max if full is None else full) - values
    values = grey_from(values, where, EXPECTED_VALUES, sample if colour else None)
    return Stored(values, full if values.dtype.kind == "u" else None, sample)


def _decoded(image: Any, frame: int, where: str) -> NDArray[Any]:
    """Return what a frame shows, samples last."""
    pixels: Any = import_module("pydicom.pixels")
    try:
        values: NDArray[Any] = pixels.pixel_array(image, index=frame)
    except RuntimeError:  # what pydicom raises where each of its decoders has failed
        name = image.file_meta.TransferSyntaxUID.name
        raise InputError(
            where, f"pixels that no decoder of pydicom takes ({name})", _DECODER
        ) from None
    if image.get("PhotometricInterpretation") != "PALETTE COLOR":
        return values
    shown: NDArray[Any] = pixels.apply_color_lut(values, image)
    return shown if shown.dtype == np.uint8 else (shown >> 8).astype(np.uint8)


def _of_tiles(image: Any, grid: tuple[int, int], where: str) -> NDArray[Any]:
    """Return the image that tiles make up, row by row of them; what lies beyond its edge goes."""
    tiles = [_decoded(image, number, where) for number in range(grid[0] * grid[1])]
    rows = [
        np.concatenate(tiles[row : row + grid[1]], axis=1) for row in range(0, len(tiles), grid[1])
    ]
    whole = np.concatenate(rows)
    return whole[: image.TotalPixelMatrixRows, : image.TotalPixelMatrixColumns]
