"""Read images from Python: arrays, files, folders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.defaults import COVERAGE
from anascope.errors import InputError
from anascope.images import AskedChannel
from anascope.reading._fields import FieldImage, decode, read_fields
from anascope.reading._inputs import Inputs, find_images
from anascope.reading._reader import Reader
from anascope.reading._records import FieldReading, NotRead, Reading

Image = str | Path | NDArray[Any]
"""A file, a folder, a pattern such as ``*.tif``, or the grey levels of a field."""


def read(
    images: Image | Sequence[Image],
    *,
    model: str | Path | Reader | None = None,
    pixel_size_um: float | None = None,
    specimen: str | None = None,
    channel: str | int | None = None,
    coverage: float = COVERAGE,
) -> Reading:
    """Read one image or many, and decide on every specimen.

    Pictures, tables and a report are written by :func:`anascope.reading.batch.read_batch`; the
    masks of a field are given by :meth:`Reader.field <anascope.reading.Reader.field>`.

    Args:
        images: Files, folders, patterns or arrays (y, x) of uint8 or uint16, one or several. In an
            array, the largest value of its type is full brightness, 255 or 65535.
        model: Folder of a model, a reader that is ready, or None for the model of the package.
        pixel_size_um: Pixel size of arrays, and of images that do not state theirs, in micrometres.
        specimen: What makes a specimen: ``folder``, ``file`` or ``pattern:REGEX`` for files (see
            :func:`~anascope.reading.find_images`). Arrays are one specimen each; with the rule
            ``folder`` all of them are one.
        channel: The channel to read from files with several: its name, its number from 1, or ``2 of
            3`` if the pages of a file are its channels; None takes the green one, and refuses files
            in which that is not clear.
        coverage: Share of candidate sets that should contain the right pattern. It has no effect if
            ``model`` is a reader.

    Raises:
        InputError: if there is no such model, or nothing at all could be read.
    """
    asked = None if channel is None else AskedChannel.of(str(channel)).text
    reader = model if isinstance(model, Reader) else Reader(model, coverage=coverage)
    sequence: list[Any] = list(images) if isinstance(images, list | tuple) else [images]
    names = [f"array-{number}" for number in range(1, len(sequence) + 1)]
    arrays = [
        FieldImage(pixels, pixel_size_um, name, "arrays" if specimen == "folder" else name, name)
        for name, pixels in zip(names, sequence, strict=True)
        if isinstance(pixels, np.ndarray)
    ]
    paths = [image for image in sequence if not isinstance(image, np.ndarray)]
    inputs = find_images(paths, specimen=specimen) if paths else Inputs((), ())
    not_read = list(inputs.not_read)
    fields: dict[str, list[FieldReading]] = {}
    for result in read_fields(reader, chain(arrays, decode(inputs.files, pixel_size_um, asked))):
        if isinstance(result, NotRead):
            not_read.append(result)
        else:
            fields.setdefault(result[0].specimen, []).append(result[0])
    if not fields:
        reason = f"{not_read[0].source}: {not_read[0].reason}" if not_read else "no image"
        raise InputError("images", reason, "at least one that can be read")
    specimens = sorted(fields)
    return Reading(
        specimens=tuple(reader.specimen(name, fields[name]) for name in specimens),
        fields=tuple(field for name in specimens for field in fields[name]),
        not_read=tuple(not_read),
        model=reader.model,
    )
