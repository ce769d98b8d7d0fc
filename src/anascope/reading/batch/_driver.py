"""A batch from beginning to end."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from anascope.extras import is_installed, remedy
from anascope.files import remove_half_written
from anascope.folder_lock import folder_lock
from anascope.reading import Inputs, NotRead
from anascope.reading.batch._kept import Asked, WhyAnew
from anascope.reading.batch._plan import make_plan
from anascope.reading.batch._settings import SETTINGS, ReaderSettings, SettingsFile
from anascope.reading.batch._specimen import SpecimenDone
from anascope.reading.batch._worker import ReadSpecimen, ended
from anascope.reading.results import ResultsFolder, Store
from anascope.settings import write_file
from anascope.workers import Event, Executor, ThisProcess, Watcher, unwatched


@dataclass(frozen=True)
class BatchSummary:
    """The outcome of a batch.

    Attributes:
        out: The folder of results.
        specimens: How many are in it.
        fields: How many were read now.
        estimated: How many of these have a pixel size that was estimated from the picture.
        kept: How many fields of the given images were read earlier and still hold.
        anew: How many of the given images were read again, by reason.
        decided_anew: How many kept fields of the folder were decided again, for another coverage.
        renamed: The new names of specimens whose given names belong to others in the folder.
        not_read: What could not be read, and why; and what is damaged in the folder.
        caveats: What the model's card does not state, and what is assumed instead
            (:attr:`anascope.models.ModelCard.caveats`); and what is not written because a library
            is missing.
        seconds: Time by stage, summed over the fields that were read now.
    """

    out: Path
    specimens: int
    fields: int
    estimated: int
    kept: int
    anew: Mapping[WhyAnew, int]
    decided_anew: int
    renamed: Mapping[str, str]
    not_read: tuple[NotRead, ...]
    caveats: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FolderInUse(Event):
    """Another process, ``holder``, writes the folder of results; this one waits for it."""

    out: Path
    holder: str


@dataclass(frozen=True)
class BatchBegan(Event):
    """A batch begins or continues.

    Attributes:
        files: How many images are given.
        done: How many of them were read before and still hold.
        anew: How many of them were read before and are read again, by reason.
        decided_anew: How many fields are decided again, for another coverage.
    """

    files: int
    done: int
    anew: Mapping[WhyAnew, int]
    decided_anew: int = 0


@dataclass(frozen=True)
class SpecimenEnded(Event):
    """A specimen of so many files that were to be read has ended, read or not."""

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

    Results of a specimen are written as soon as it is done. If it is started again with the same
    folder, it reads what is missing: a result is kept if the content of the image, its channel, its
    pixel size, its specimen and the model are the same; otherwise the image is read again. For
    another coverage, all stored results are decided again, without the images. Other images are
    added to the folder. A file that cannot be read is listed with the reason and stops nothing
    else. Memory does not grow with the number of images.

    Args:
        inputs: What to read (:func:`anascope.reading.find_images`).
        out: The folder of results, which may have results already.
        settings: How to read.
        executor: Runs the work; this process if None.
        wait: Whether to wait while another process writes this folder: seconds, or True for as
            long as it takes.
        watcher: Gets :class:`FolderInUse`, :class:`BatchBegan` and :class:`SpecimenEnded`.

    Raises:
        InputError: if there is no such model, the folder has results of other images by another
            model, or another process writes it.
        WriteError: if results cannot be written; existing ones stay.
    """
    out = Path(out)
    settings, lacking = _what_can_be_written(settings or ReaderSettings())
    executor = executor or ThisProcess()
    reader = settings.reader()
    model, identity, caveats = reader.model, reader.card.identity, reader.card.caveats
    del reader  # workers have their own
    with folder_lock(out, wait=wait, waiting=lambda holder: watcher(FolderInUse(out, holder))):
        done = _read_into(out, inputs, settings, model, identity, executor, watcher)
    return replace(done, caveats=(*caveats, *lacking))


def _what_can_be_written(settings: ReaderSettings) -> tuple[ReaderSettings, tuple[str, ...]]:
    """Return settings that ask for no PDF where none can be made, and a line that says so."""
    if not settings.sheets or is_installed("typst"):
        return settings, ()
    line = f"no PDF of any specimen: typst is not installed; {remedy('pdf')} brings it"
    return replace(settings, sheets=False), (line,)


def _read_into(
    out: Path,
    inputs: Inputs,
    settings: ReaderSettings,
    model: str,
    identity: str,
    executor: Executor,
    watcher: Watcher,
) -> BatchSummary:
    """Read a batch into the folder ``out``, whose lock this process holds."""
    today = datetime.date.today()
    remove_half_written(out.glob(".*"))
    store = Store(out.absolute())
    asked = Asked(
        identity, settings.coverage, settings.channel, settings.pixel_size_um, settings.sheets
    )
    plan = make_plan(store, inputs.files, asked)
    store.begin()
    write_file(out / SETTINGS, SettingsFile(model=model, settings=settings))
    del store  # it knows every field, and workers know theirs
    watcher(BatchBegan(len(inputs.files), plan.files_done, plan.anew, plan.decided_anew))
    not_read = [*inputs.not_read, *plan.not_read]
    fields = estimated = 0
    seconds: dict[str, float] = {}
    read = ReadSpecimen(settings, today)
    with closing(executor.map(read, plan.work, watcher=watcher)) as results_of_work:
        for result in results_of_work:
            done = ended(result)
            not_read.extend(done.not_read)
            fields += done.fields
            if done.scaled_anew:
                plan.anew[WhyAnew.FULL_SCALE] += done.scaled_anew
                plan.fields_kept -= done.scaled_anew
            estimated += done.estimated
            for stage, took in done.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + took
            watcher(SpecimenEnded(done, len(result.item.files)))
    results = ResultsFolder(out, model=model, date=today)
    not_read = [*dict.fromkeys((*not_read, *results.close(not_read)))]
    return BatchSummary(
        out,
        len(results.specimens),
        fields,
        estimated,
        plan.fields_kept,
        plan.anew,
        plan.decided_anew,
        plan.renamed,
        tuple(not_read),
        seconds=seconds,
    )
