"""The one loop that reads fields: for a call from Python and for a batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TypeVar

from anascope.errors import InputError
from anascope.images import GreyImage, read_pages, spelled
from anascope.reading._inputs import InputFile, refused
from anascope.reading._reader import Reader
from anascope.reading._records import FieldArrays, FieldReading, NotRead

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FieldImage:
    """The image of a field, decoded.

    Attributes:
        pixels: Axes (y, x), uint8 or uint16.
        pixel_size_um: Micrometres, or None to leave it to the reader.
        field, specimen, source: What they are called.
        seconds: Time by stage that it took so far.
    """

    pixels: GreyImage
    pixel_size_um: float | None
    field: str
    specimen: str
    source: str
    seconds: dict[str, float] = attribute(default_factory=dict)


def decode(
    files: Iterable[InputFile], pixel_size_um: float | None = None
) -> Iterator[FieldImage | NotRead]:
    """Yield every field of every file, or why a file cannot be read to its end.

    Args:
        files: Which ones.
        pixel_size_um: Of images of which neither a table nor the file says it, in micrometres.
    """
    for file in files:
        started = time.perf_counter()
        try:
            for image in read_pages(file.path):
                sizes = (file.pixel_size_um, image.pixel_size_um, pixel_size_um)
                yield FieldImage(
                    image.pixels,
                    next((size for size in sizes if size is not None), None),
                    file.name_of(image),
                    file.specimen,
                    spelled(file.path),
                    {"decode": time.perf_counter() - started},
                )
                started = time.perf_counter()
        except InputError as error:
            yield refused(error)


def read_fields(
    reader: Reader,
    images: Iterator[FieldImage | NotRead],
    stored: Callable[[str, str], FieldReading | None] = lambda specimen, field: None,
) -> Iterator[NotRead | tuple[FieldReading, FieldArrays | None]]:
    """Read fields one after the other; what cannot be read stops no other.

    While one is in the network, the next image is made in a thread.

    Args:
        reader: Reads.
        images: As :func:`decode` yields them.
        kept: Returns what was read earlier of a specimen's field, or None if it is to be read.

    Yields:
        What was read and its arrays, None if it was read earlier; or why a field is not read.
    """
    for image in _one_ahead(images):
        if isinstance(image, NotRead):
            yield image
            continue
        reading = stored(image.specimen, image.field)
        if reading is not None:
            yield reading, None
            continue
        try:
            reading, arrays = reader.field(
                image.pixels,
                pixel_size_um=image.pixel_size_um,
                field=image.field,
                specimen=image.specimen,
                source=image.source,
            )
        except InputError as error:
            yield refused(error)
            continue
        yield replace(reading, seconds=image.seconds | reading.seconds), arrays


def _one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the same items, the next one being made in a thread meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item
