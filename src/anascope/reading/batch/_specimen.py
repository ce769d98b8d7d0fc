"""Read one specimen into the folder of results."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from anascope.images import spelled
from anascope.reading import FieldArrays, FieldReading, InputFile, NotRead, Reader
from anascope.reading._fields import decode, read_fields
from anascope.reading._stopwatch import Stopwatch
from anascope.reading.results import ResultsFolder

_WAITING = 2  # fields that may wait to be written: images would pile up before a slow disk


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


def is_done(results: ResultsFolder, specimen: str, files: Sequence[InputFile]) -> bool:
    """Tell whether everything of these files is there already, without opening them.

    A specimen is written after all pages of its files.
    """
    if specimen not in results.specimens:
        return False
    return all(results.has_source(specimen, spelled(file.path)) for file in files)


def read_specimen(
    reader: Reader,
    results: ResultsFolder,
    specimen: str,
    files: Sequence[InputFile],
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
    watch = Stopwatch()
    readings: list[FieldReading] = []
    not_read: list[NotRead] = []
    kept = 0

    def stored(_: str, field: str) -> FieldReading | None:
        there = results.has_field(specimen, field)
        return results.read_field(specimen, field) if there else None

    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[None]] = deque()
        for result in read_fields(reader, decode(files), stored):
            if isinstance(result, NotRead):
                not_read.append(result)
                continue
            reading, arrays = result
            readings.append(reading)
            if arrays is None:
                kept += 1
                continue
            watch.add(reading.seconds)
            waiting.append(thread.submit(_write, results, reading, arrays, watch))
            if len(waiting) > _WAITING:
                waiting.popleft().result()
        for write in waiting:
            write.result()
    if readings:
        with watch.stage("specimen"):
            results.write_specimen(reader.specimen(specimen, readings), sheet=sheets)
    return SpecimenDone(specimen, len(readings) - kept, kept, tuple(not_read), watch.seconds)


def _write(
    results: ResultsFolder, reading: FieldReading, arrays: FieldArrays, watch: Stopwatch
) -> None:
    with watch.stage("write"):
        results.write_field(reading, arrays)
