"""Read images from Python: arrays, files, folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.decisions import COVERAGE
from anascope.errors import InputError
from anascope.images import read_pages
from anascope.reading._inputs import find_images, refused
from anascope.reading._reader import Reader
from anascope.reading._records import FieldReading, NotRead, Reading

Image = str | Path | NDArray[Any]
"""A file, a folder, a pattern such as ``*.tif``, or the grey levels of a field."""

_Field = tuple[str, FieldReading | NotRead]


def read(
    images: Image | Sequence[Image],
    *,
    model: str | Path | Reader | None = None,
    pixel_size_um: float | None = None,
    specimen: str | None = None,
    coverage: float = COVERAGE,
) -> Reading:
    """Read one image or many, and decide on every specimen.

    Pictures, tables and a report are written by :func:`anascope.reading.batch.read_batch`; the
    masks of a field are given by :meth:`Reader.field <anascope.reading.Reader.field>`.

    Args:
        images: Files, folders, patterns or arrays (y, x) of uint8 or uint16, one or several.
        model: Folder of a model, a reader that is ready, or None for the model of the package.
        pixel_size_um: Of images that do not say theirs, and of arrays, in micrometres.
        specimen: What makes a specimen: ``folder``, ``file`` or ``pattern:REGEX`` for files (see
            :func:`~anascope.reading.find_images`). Arrays are one specimen each; with the rule
            ``folder`` all of them are one.
        coverage: How often the set of patterns is to hold the right one. Without effect if
            ``model`` is a reader.

    Raises:
        InputError: if there is no such model, or nothing at all could be read.
    """
    reader = model if isinstance(model, Reader) else Reader(model, coverage=coverage)
    given: list[Any] = list(images) if isinstance(images, list | tuple) else [images]
    arrays = [(i, image) for i, image in enumerate(given, start=1) if isinstance(image, np.ndarray)]
    paths = [image for image in given if not isinstance(image, np.ndarray)]
    read_now = [
        *_arrays(reader, arrays, pixel_size_um, together=specimen == "folder"),
        *_files(reader, paths, pixel_size_um, specimen),
    ]
    fields: dict[str, list[FieldReading]] = {}
    not_read: list[NotRead] = []
    for name, one in read_now:
        if isinstance(one, NotRead):
            not_read.append(one)
        else:
            fields.setdefault(name, []).append(one)
    if not fields:
        reason = f"{not_read[0].source}: {not_read[0].reason}" if not_read else "no image"
        raise InputError("images", reason, "at least one that can be read")
    names = sorted(fields)
    return Reading(
        specimens=tuple(reader.specimen(name, fields[name]) for name in names),
        fields=tuple(field for name in names for field in fields[name]),
        not_read=tuple(not_read),
        model=reader.model,
    )


def _arrays(
    reader: Reader,
    arrays: Sequence[tuple[int, NDArray[Any]]],
    pixel_size_um: float | None,
    *,
    together: bool,
) -> Iterator[_Field]:
    for number, pixels in arrays:
        field = f"array-{number}"
        specimen = "arrays" if together else field
        reading, _ = reader.field(
            pixels, pixel_size_um=pixel_size_um, field=field, specimen=specimen, source=field
        )
        yield specimen, reading


def _files(
    reader: Reader,
    paths: Sequence[str | Path],
    pixel_size_um: float | None,
    specimen: str | None,
) -> Iterator[_Field]:
    if not paths:
        return
    inputs = find_images(paths, specimen=specimen)
    for refusal in inputs.not_read:
        yield "", refusal
    for found in inputs.found:
        try:
            for image in read_pages(found.path):
                size_um = found.pixel_size_um or image.pixel_size_um or pixel_size_um
                reading, _ = reader.field(
                    image.pixels,
                    pixel_size_um=size_um,
                    field=found.name_of(image),
                    specimen=found.specimen,
                    source=str(found.path),
                )
                yield found.specimen, reading
        except InputError as error:
            yield "", refused(error)
