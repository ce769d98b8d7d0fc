"""The one loop that reads fields: for a call from Python and for a batch."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TypeVar

from anascope.errors import InputError
from anascope.images import (
    AskedChannel,
    GreyImage,
    SameCamera,
    SignalImage,
    read_pages,
    spelled,
)
from anascope.reading._inputs import InputFile, refused
from anascope.reading._reader import Reader
from anascope.reading._records import (
    FieldArrays,
    FieldReading,
    NotRead,
    PixelSizeFrom,
    Provenance,
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class FieldImage:
    """The image of a field, decoded.

    Attributes:
        pixels: Axes (y, x), uint8 or uint16.
        pixel_size_um: Micrometres, or None to leave it to the reader.
        field, specimen, source: What they are called.
        provenance: Which image it is; None for an array.
        seconds: Time by stage that it took so far.
    """

    pixels: GreyImage
    pixel_size_um: float | None
    field: str
    specimen: str
    source: str
    provenance: Provenance | None = None
    seconds: dict[str, float] = attribute(default_factory=dict)


def asked_channel(file: InputFile, channel: str | None) -> AskedChannel | None:
    """Return the channel that is asked for of a file: a table comes before the option."""
    text = file.channel or channel
    return None if text is None else AskedChannel.of(text)


def camera_of(
    files: Iterable[InputFile], channel: str | None, known: Iterable[float] = ()
) -> SameCamera:
    """Return the camera of a specimen, whose fields have one full scale.

    Args:
        files: Of the specimen.
        channel: Which channel is read of files of which no table says it.
        known: The brightest values of fields of it that were read before.
    """
    return SameCamera([(file.path, asked_channel(file, channel)) for file in files], known)


def decode(
    files: Sequence[InputFile],
    pixel_size_um: float | None = None,
    channel: str | None = None,
    camera: SameCamera | None = None,
) -> Iterator[FieldImage | NotRead]:
    """Yield every field of every file, or why a file or a page of it cannot be read.

    Args:
        files: Which ones.
        pixel_size_um: Of images of which neither a table nor the file says it, in micrometres.
        channel: Which channel to read of files of which no table says it; None takes the green one.
        camera: That of all files; None takes the files of each specimen together.
    """
    by_specimen: dict[str, list[InputFile]] = {}
    for file in files:
        by_specimen.setdefault(file.specimen, []).append(file)
    cameras = {name: camera or camera_of(own, channel) for name, own in by_specimen.items()}
    for file in files:
        started = time.perf_counter()
        try:
            asked = asked_channel(file, channel)
            for image in read_pages(file.path, asked=asked, camera=cameras[file.specimen]):
                if isinstance(image, InputError):
                    yield refused(image, file.uri)
                else:
                    took = {"decode": time.perf_counter() - started}
                    yield _field_image(file, image, pixel_size_um, asked, took)
                started = time.perf_counter()
        except InputError as error:
            yield refused(error, file.uri)


def _field_image(
    file: InputFile,
    image: SignalImage,
    option_um: float | None,
    asked: AskedChannel | None,
    seconds: dict[str, float],
) -> FieldImage:
    sizes: dict[PixelSizeFrom, float | None] = {
        "table": file.pixel_size_um,
        "file": image.pixel_size_um,
        "option": option_um,
    }
    size_from = next((name for name, size in sizes.items() if size is not None), None)
    provenance = Provenance(
        file=file.uri,
        sha256=image.sha256,
        page=image.page,
        pages=image.pages,
        channel=image.channel,
        channel_asked=None if asked is None else asked.text,
        full_scale=image.full_scale.value,
        full_scale_from=image.full_scale.origin,
        brightest=image.brightest,
        pixel_size_from=size_from,
        specimen=file.specimen_key,
    )
    return FieldImage(
        image.pixels,
        None if size_from is None else sizes[size_from],
        file.name_of(image),
        file.specimen,
        spelled(file.path),
        provenance,
        seconds,
    )


def read_fields(
    reader: Reader, images: Iterator[FieldImage | NotRead]
) -> Iterator[NotRead | tuple[FieldReading, FieldArrays]]:
    """Read fields one after the other; what cannot be read stops no other.

    While one is in the network, the next image is made in a thread.

    Args:
        reader: Reads.
        images: As :func:`decode` yields them.

    Yields:
        What was read and its arrays, or why a field is not read.
    """
    model = reader.card.identity
    for image in _one_ahead(images):
        if isinstance(image, NotRead):
            yield image
            continue
        provenance = image.provenance
        try:
            reading, arrays = reader.field(
                image.pixels,
                pixel_size_um=image.pixel_size_um,
                field=image.field,
                specimen=image.specimen,
                source=image.source,
            )
        except InputError as error:
            yield refused(error, None if provenance is None else provenance.file)
            continue
        if provenance is not None:
            provenance = replace(provenance, model=model)
            if reading.pixel_size_error is not None:
                provenance = replace(provenance, pixel_size_from="estimated")
            elif provenance.pixel_size_from is None and reading.pixel_size_um is not None:
                provenance = replace(provenance, pixel_size_from="option")  # the reader's own
        seconds = image.seconds | reading.seconds
        yield replace(reading, provenance=provenance, seconds=seconds), arrays


def _one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the same items, the next one being made in a thread meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item
