"""Read one specimen into the folder of results."""

from __future__ import annotations

import datetime
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from anascope.names import natural
from anascope.reading import FieldArrays, FieldReading, NotRead, Reader
from anascope.reading._fields import FieldImage, decode, read_fields
from anascope.reading._stopwatch import Stopwatch
from anascope.reading.batch._plan import SpecimenWork
from anascope.reading.results import SpecimenFolder

_WAITING = 2  # fields that may wait to be written: images would pile up before a slow disk


@dataclass(frozen=True, slots=True)
class SpecimenDone:
    """What became of a specimen.

    Attributes:
        specimen: Its name.
        fields: How many of its fields were read now.
        estimated: How many of these have an estimated pixel size.
        not_read: What could not be read, and why.
        seconds: Time by stage, of the fields read now.
    """

    specimen: str
    fields: int
    estimated: int
    not_read: tuple[NotRead, ...]
    seconds: dict[str, float]


def read_specimen(
    reader: Reader,
    work: SpecimenWork,
    *,
    pixel_size_um: float | None,
    sheets: bool,
    date: datetime.date,
) -> SpecimenDone:
    """Read the fields of a specimen that are not there yet, and decide on it.

    While one field is in the network, the next is decoded and the last one written.

    Args:
        reader: Reads.
        work: What is to be done.
        pixel_size_um: Of images that do not say theirs, in micrometres.
        sheets: Whether the specimen gets a PDF.
        date: When it is read.
    """
    watch = Stopwatch()
    folder = work.folder
    readings = {name: folder.read_field(name) for name in folder.fields}
    kept, estimated = len(readings), 0
    not_read: list[NotRead] = []
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[None]] = deque()
        images = (image for image in decode(work.files, pixel_size_um) if not _is_kept(image, work))
        for result in read_fields(reader, images):
            if isinstance(result, NotRead):
                not_read.append(result)
                continue
            reading, arrays = result
            readings[reading.field] = reading
            watch.add(reading.seconds)
            estimated += reading.pixel_size_error is not None
            waiting.append(thread.submit(_write, folder, reading, arrays, watch))
            if len(waiting) > _WAITING:
                waiting.popleft().result()
        for write in waiting:
            write.result()
    if work.files:
        folder.write_not_read({file.uri for file in work.files}, not_read)
    if readings:
        with watch.stage("specimen"):
            fields = [
                readings[name] for name in sorted(readings, key=lambda name: (natural(name), name))
            ]
            specimen = reader.specimen(work.specimen, fields)
            folder.write_specimen(specimen, sheet=sheets, model=reader.model, date=date)
    fields_read = len(readings) - kept
    return SpecimenDone(work.specimen, fields_read, estimated, tuple(not_read), watch.seconds)


def _is_kept(image: FieldImage | NotRead, work: SpecimenWork) -> bool:
    if isinstance(image, NotRead) or image.provenance is None:
        return False
    return (image.provenance.file, image.provenance.page) in work.pages_kept


def _write(
    folder: SpecimenFolder, reading: FieldReading, arrays: FieldArrays, watch: Stopwatch
) -> None:
    with watch.stage("write"):
        folder.write_field(reading, arrays)
