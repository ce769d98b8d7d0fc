"""What a worker of a batch does with a specimen."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from anascope.errors import InputError, WriteError
from anascope.reading import NotRead, Reader, refused
from anascope.reading.batch._plan import SpecimenWork
from anascope.reading.batch._settings import ReaderSettings
from anascope.reading.batch._specimen import SpecimenDone, read_specimen
from anascope.workers import Result, WorkerDied


@dataclass(frozen=True)
class ReadSpecimen:
    """Reads specimens into a folder of results; the reader is made for the first and kept.

    Attributes:
        settings: How to read.
        date: When it is read.
    """

    settings: ReaderSettings
    date: datetime.date

    def __call__(self, work: SpecimenWork) -> SpecimenDone:
        """Read one."""
        return read_specimen(
            self._reader,
            work,
            pixel_size_um=self.settings.pixel_size_um,
            channel=self.settings.channel,
            sheets=self.settings.sheets,
            date=self.date,
        )

    @cached_property
    def _reader(self) -> Reader:
        return self.settings.reader()


def ended(result: Result[SpecimenWork, SpecimenDone]) -> SpecimenDone:
    """Return how a specimen ended: what goes wrong with one stops no other.

    Raises:
        WriteError: if its results cannot be written; nor can those of the others.
        Exception: that is a defect, not something about the specimen's files or its worker.
    """
    specimen, error = result.item.specimen, result.error
    if isinstance(error, InputError) and not isinstance(error, WriteError):
        not_read = refused(error)
    elif isinstance(error, OSError | UnicodeError | WorkerDied):
        not_read = NotRead(specimen, str(error))
    else:
        return result.get()
    return SpecimenDone(specimen, 0, 0, (not_read,), {})
