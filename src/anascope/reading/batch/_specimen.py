"""Read one specimen into the folder of results."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from anascope.images import values_ask_for
from anascope.names import natural
from anascope.reading import (
    FieldArrays,
    FieldReading,
    InputFile,
    NotRead,
    Provenance,
    Reader,
)
from anascope.reading._fields import FieldImage, camera_of, decode, read_fields
from anascope.reading._stopwatch import Stopwatch
from anascope.reading.batch._plan import SpecimenWork
from anascope.reading.results import SpecimenFolder

_WAITING = 2  # fields that may wait to be written: images would pile up before a slow disk


@dataclass(frozen=True, slots=True)
class SpecimenDone:
    """The outcome of a specimen.

    Attributes:
        specimen: Its name.
        fields: How many of its fields were read now.
        estimated: How many of these have an estimated pixel size.
        not_read: What could not be read, and why.
        seconds: Time by stage, of the fields read now.
        scaled_anew: How many kept fields are read again, because other fields of the specimen now
            show another full scale of their camera.
    """

    specimen: str
    fields: int
    estimated: int
    not_read: tuple[NotRead, ...]
    seconds: dict[str, float]
    scaled_anew: int = 0


def read_specimen(
    reader: Reader,
    work: SpecimenWork,
    *,
    pixel_size_um: float | None,
    channel: str | None,
    sheets: bool,
    date: datetime.date,
) -> SpecimenDone:
    """Read the fields of a specimen that are not there yet, and decide on it.

    While one field is in the network, the next is decoded and the last one written.

    Args:
        reader: Reads.
        work: What is to be done.
        pixel_size_um: Of images that do not say theirs, in micrometres.
        channel: Which channel of files of which no table says it; the green one if None.
        sheets: Whether the specimen gets a PDF.
        date: When it is read.
    """
    watch = Stopwatch()
    folder = work.folder
    readings = {name: folder.read_field(name) for name in folder.fields}
    known = {name: field.provenance for name, field in readings.items() if field.provenance}
    from_values = {name: own for name, own in known.items() if own.brightest is not None}
    camera = camera_of(
        work.files, channel, [own.brightest for own in from_values.values() if own.brightest]
    )
    outdated = {
        name: own
        for name, own in from_values.items()
        if not values_ask_for(own.full_scale, camera.brightest)
    }
    files, pages_kept, not_read = _with_outdated(work, readings, outdated)
    again = {name for name, own in outdated.items() if (own.file, own.page) not in pages_kept}
    for name, field in readings.items():
        decided = reader.decided_anew(field)
        if decided is not field and name not in again:
            readings[name] = decided
            folder.write_summary(decided)
    read_now: set[str] = set()
    estimated = 0
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[None]] = deque()
        decoded = decode(files, pixel_size_um, channel, camera)
        contents = {
            (own.file, own.page): own.sha256
            for own in known.values()
            if (own.file, own.page) in pages_kept
        }
        images = (image for image in decoded if not _is_kept(image, contents))
        for result in read_fields(reader, images):
            if isinstance(result, NotRead):
                not_read.append(result)
                continue
            reading, arrays = result
            readings[reading.field] = reading
            read_now.add(reading.field)
            watch.add(reading.seconds)
            estimated += reading.pixel_size_error is not None
            waiting.append(thread.submit(_write, folder, reading, arrays, watch))
            if len(waiting) > _WAITING:
                waiting.popleft().result()
        for write in waiting:
            write.result()
    if files:
        folder.write_not_read({file.uri for file in files}, not_read)
    if readings:
        with watch.stage("specimen"):
            fields = [
                readings[name] for name in sorted(readings, key=lambda name: (natural(name), name))
            ]
            specimen = reader.specimen(work.specimen, fields)
            folder.write_specimen(specimen, sheet=sheets, model=reader.model, date=date)
    return SpecimenDone(
        work.specimen,
        len(read_now),
        estimated,
        tuple(not_read),
        watch.seconds,
        len(again & read_now),
    )


def _with_outdated(
    work: SpecimenWork, readings: Mapping[str, FieldReading], outdated: Mapping[str, Provenance]
) -> tuple[list[InputFile], frozenset[tuple[str, int]], list[NotRead]]:
    """Return what is to be read where some kept fields have another full scale than the others.

    Args:
        work: What was to be done.
        readings: The kept fields, by name.
        outdated: Those whose full scale is no longer right, by name.

    Returns:
        The files to read, the pages of them that are kept, and the outdated fields whose image is
        not given now: they stay as they are, and it is said.
    """
    files = list(work.files)
    given = {file.uri: file for file in (*work.files, *work.files_kept)}
    again = {(own.file, own.page) for own in outdated.values() if own.file in given}
    for uri in dict.fromkeys(uri for uri, _ in sorted(again)):
        if given[uri] not in files:
            files.append(given[uri])
    missing = [
        NotRead(
            readings[name].source,
            f"read at a full scale of {own.full_scale}, which other fields of its specimen "
            "contradict; expected its image among those to read",
            own.file,
        )
        for name, own in outdated.items()
        if own.file not in given
    ]
    return files, work.pages_kept - again, missing


def _is_kept(image: FieldImage | NotRead, contents: Mapping[tuple[str, int], str]) -> bool:
    """Tell whether a page is kept, from the hash of the file that each kept page was read from.

    A file may have been written to since it was decided what is kept.
    """
    if isinstance(image, NotRead) or image.provenance is None:
        return False
    own = image.provenance
    return contents.get((own.file, own.page)) == own.sha256


def _write(
    folder: SpecimenFolder, reading: FieldReading, arrays: FieldArrays, watch: Stopwatch
) -> None:
    with watch.stage("write"):
        folder.write_field(reading, arrays)
