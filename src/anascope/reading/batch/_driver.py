"""A batch from beginning to end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from anascope.files import remove_half_written
from anascope.folder_lock import folder_lock
from anascope.models import ModelCard
from anascope.reading import InputFile, Inputs, NotRead
from anascope.reading.batch._settings import ReaderSettings, keep_settings
from anascope.reading.batch._specimen import SpecimenDone, is_done
from anascope.reading.batch._worker import ReadSpecimen, Work, ended
from anascope.reading.results import ResultsFolder
from anascope.workers import Event, Executor, ThisProcess, Watcher, unwatched


@dataclass(frozen=True)
class BatchSummary:
    """What became of a batch.

    Attributes:
        out: The folder of results.
        specimens: How many are in it.
        fields: How many were read now.
        kept: How many fields were there already, in specimens that were looked at again.
        not_read: What could not be read, and why.
        seconds: Time by stage, summed over the fields that were read now.
    """

    out: Path
    specimens: int
    fields: int
    kept: int
    not_read: tuple[NotRead, ...]
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FolderInUse(Event):
    """Another process writes the folder of results, and is waited for; ``holder`` is who."""

    out: Path
    holder: str


@dataclass(frozen=True)
class BatchBegan(Event):
    """A batch begins or goes on: ``files`` are to be read, ``done`` of them were read before."""

    files: int
    done: int


@dataclass(frozen=True)
class SpecimenEnded(Event):
    """A specimen of so many files has ended, read or not."""

    specimen: SpecimenDone
    files: int


def read_batch(
    inputs: Inputs,
    out: str | Path,
    settings: ReaderSettings | None = None,
    *,
    executor: Executor | None = None,
    wait: bool | float = False,
    watcher: Watcher = unwatched,
) -> BatchSummary:
    """Read images into a folder of results.

    Results of a specimen are there as soon as it is done. Started again with the same folder, it
    goes on with what is missing. A file that cannot be read is listed with the reason and stops
    nothing else. Memory does not grow with the number of images.

    Args:
        inputs: What to read (:func:`anascope.reading.find_images`).
        out: The folder of results; it may have results of the same model.
        settings: How to read.
        executor: Who reads; this process if None.
        wait: Whether to wait while another process writes this folder: seconds, or True for as
            long as it takes.
        watcher: Is told :class:`FolderInUse`, :class:`BatchBegan` and :class:`SpecimenEnded`.

    Raises:
        InputError: if there is no such model, the folder has results of another, or another
            process writes it.
        WriteError: if results cannot be written; those that are there stay.
    """
    out = Path(out)
    settings = settings or ReaderSettings()
    executor = executor or ThisProcess()
    reader = settings.reader()
    model, card = reader.model, reader.card
    del reader  # workers have their own
    with folder_lock(out, wait=wait, waiting=lambda holder: watcher(FolderInUse(out, holder))):
        return _read_into(out, inputs, settings, model, card, executor, watcher)


def _read_into(
    out: Path,
    inputs: Inputs,
    settings: ReaderSettings,
    model: str,
    card: ModelCard,
    executor: Executor,
    watcher: Watcher,
) -> BatchSummary:
    """Read a batch into the folder ``out``, whose lock this process holds."""
    remove_half_written(out.glob(".*"))
    keep_settings(out, settings, card)
    results = ResultsFolder(out, model=model, date=datetime.date.today())
    specimens = _by_specimen(inputs.files)
    names = sorted(specimens)
    work: list[Work] = [
        (name, tuple(files))
        for name, files in specimens.items()
        if not is_done(results, name, files)
    ]
    del results  # it knows every field's name, and workers have their own
    waiting = sum(len(files) for _, files in work)
    watcher(BatchBegan(len(inputs.files), len(inputs.files) - waiting))
    not_read = list(inputs.not_read)
    fields = kept = 0
    seconds: dict[str, float] = {}
    read = ReadSpecimen(names, out.absolute(), settings, model)
    with closing(executor.map(read, work, watcher=watcher)) as results_of_work:
        for result in results_of_work:
            done = ended(result)
            not_read.extend(done.not_read)
            fields += done.fields
            kept += done.kept
            for stage, took in done.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + took
            watcher(SpecimenEnded(done, len(result.item[1])))
    results = ResultsFolder(out, model=model, date=datetime.date.today())
    results.close(not_read)
    return BatchSummary(out, len(results.specimens), fields, kept, tuple(not_read), seconds)


def _by_specimen(files: Sequence[InputFile]) -> dict[str, list[InputFile]]:
    specimens: dict[str, list[InputFile]] = {}
    for file in files:
        specimens.setdefault(file.specimen, []).append(file)
    return specimens
