"""What a worker of a batch does with a specimen."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from anascope.errors import InputError, WriteError
from anascope.reading import InputFile, NotRead, Reader, refused
from anascope.reading.batch._settings import ReaderSettings
from anascope.reading.batch._specimen import SpecimenDone, read_specimen
from anascope.reading.results import ResultsFolder
from anascope.workers import Result, WorkerDied

Work = tuple[str, tuple[InputFile, ...]]
"""A specimen and its files."""


@dataclass(frozen=True)
class ReadSpecimen:
    """Reads specimens into a folder of results; the reader is made for the first and kept.

    Attributes:
        names: All specimens of the batch in a fixed order: every worker gives their folders the
            same names.
        out: The folder of results.
        settings: How to read.
        model: What the results say of the model.
    """

    names: Sequence[str]
    out: Path
    settings: ReaderSettings
    model: str

    def __call__(self, work: Work) -> SpecimenDone:
        """Read one."""
        specimen, files = work
        sheets = self.settings.sheets
        return read_specimen(self._reader, self._results, specimen, files, sheets=sheets)

    @cached_property
    def _reader(self) -> Reader:
        return self.settings.reader()

    @cached_property
    def _results(self) -> ResultsFolder:
        results = ResultsFolder(self.out, model=self.model, date=datetime.date.today())
        for name in self.names:
            results.folder_of(name)
        return results


def ended(result: Result[Work, SpecimenDone]) -> SpecimenDone:
    """Return how a specimen ended: what goes wrong with one stops no other.

    Raises:
        WriteError: if its results cannot be written; nor can those of the others.
        Exception: that is a defect, not something about the specimen's files or its worker.
    """
    specimen, error = result.item[0], result.error
    if isinstance(error, InputError) and not isinstance(error, WriteError):
        not_read = refused(error)
    elif isinstance(error, OSError | UnicodeError | WorkerDied):
        not_read = NotRead(specimen, str(error))
    else:
        return result.get()
    return SpecimenDone(specimen, 0, 0, (not_read,), {})
