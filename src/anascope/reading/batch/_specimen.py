"""Read one specimen into the folder of results."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from anascope.errors import InputError
from anascope.images import SignalImage, read_pages
from anascope.reading import FieldReading, Found, NotRead, Reader, refused
from anascope.reading.results import ResultsFolder


@dataclass(frozen=True, slots=True)
class SpecimenDone:
    """What became of a specimen.

    Attributes:
        specimen: Its name.
        fields: How many of its fields were read now.
        kept: How many were there already.
        not_read: What could not be read, and why.
        seconds: Time by stage, of the fields read now.
    """

    specimen: str
    fields: int
    kept: int
    not_read: tuple[NotRead, ...]
    seconds: dict[str, float]


def is_done(results: ResultsFolder, specimen: str, files: Sequence[Found]) -> bool:
    """Tell whether everything of these files is there already, without opening them.

    A specimen is written after all pages of its files. Single pages that a table names are looked
    up in the file.
    """
    if specimen not in results.specimens:
        return False
    return all(one.page is None and results.has_source(specimen, str(one.path)) for one in files)


def read_specimen(
    reader: Reader,
    results: ResultsFolder,
    specimen: str,
    files: Sequence[Found],
    *,
    sheets: bool = True,
) -> SpecimenDone:
    """Read the fields of a specimen that are not there yet, and decide on it.

    While one field is in the network, the next is decoded and the last one written.

    Args:
        reader: Reads.
        results: Takes what is read.
        specimen: Its name.
        files: Its image files.
        sheets: Whether it gets a PDF.
    """
    not_read: list[NotRead] = []
    readings: list[FieldReading] = []
    seconds: dict[str, float] = {}
    kept = 0
    with ThreadPoolExecutor(1) as decoding, ThreadPoolExecutor(1) as writing:
        written = []
        pages = _pages(files)
        upcoming = decoding.submit(next, pages, None)
        while (item := upcoming.result()) is not None:
            upcoming = decoding.submit(next, pages, None)
            found, image, decoded = item
            if isinstance(image, InputError):
                not_read.append(refused(image))
                continue
            name = found.name_of(image)
            if results.has_field(specimen, name):
                kept += 1
                readings.append(results.read_field(specimen, name))
                continue
            size_um = found.pixel_size_um or image.pixel_size_um
            try:
                reading, arrays = reader.field(
                    image.pixels,
                    pixel_size_um=size_um,
                    field=name,
                    specimen=specimen,
                    source=str(found.path),
                )
            except InputError as error:
                not_read.append(refused(error))
                continue
            reading = replace(reading, seconds={"decode": decoded, **reading.seconds})
            readings.append(reading)
            for stage, took in reading.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + took
            written.append(writing.submit(_timed_write, results, reading, arrays))
            while len(written) > 1 and written[0].done():
                seconds["write"] = seconds.get("write", 0.0) + written.pop(0).result()
            if len(written) > 2:  # hold back, or images would pile up before a slow disk
                seconds["write"] = seconds.get("write", 0.0) + written.pop(0).result()
        for write in written:
            seconds["write"] = seconds.get("write", 0.0) + write.result()
    if readings:
        started = time.perf_counter()
        results.write_specimen(reader.specimen(specimen, readings), sheet=sheets)
        seconds["specimen"] = time.perf_counter() - started
    return SpecimenDone(specimen, len(readings) - kept, kept, tuple(not_read), seconds)


def _pages(files: Sequence[Found]) -> Iterator[tuple[Found, SignalImage | InputError, float]]:
    """Yield every field of every file, or why a file cannot be read, and the time to decode it."""
    for one in files:
        started = time.perf_counter()
        try:
            for image in read_pages(one.path):
                if one.page is None or image.page == one.page:
                    yield one, image, time.perf_counter() - started
                started = time.perf_counter()
        except InputError as error:
            yield one, error, time.perf_counter() - started


def _timed_write(results: ResultsFolder, reading: FieldReading, arrays: object) -> float:
    started = time.perf_counter()
    results.write_field(reading, arrays)  # type: ignore[arg-type]
    return time.perf_counter() - started
