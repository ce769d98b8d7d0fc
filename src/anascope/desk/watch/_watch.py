"""Reads what arrives in a folder, and brings it to the worklist."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event

from sqlmodel import select

from anascope.desk.accounts import Role, User, require
from anascope.desk.store import Database, WatchedRow, as_time
from anascope.desk.watch._arrivals import Arrival, Arrivals, Look
from anascope.desk.worklist import batches, import_results, note_unread, path_of
from anascope.errors import InputError
from anascope.files import FolderFile, is_written_by_anascope
from anascope.folder_lock import folder_lock
from anascope.reading import Inputs, NotRead
from anascope.reading.batch import ReaderSettings, read_batch

EVERY = 5.0
"""Seconds between two looks at a folder."""

SETTLE = 10.0
"""Seconds for which nothing of a specimen may change before it is read."""

_AT_ONCE = 8  # specimens that are read before what was read joins the worklist
_AGAIN = 3600.0  # seconds after which a file that could not be read is tried again
_REST = 10  # times as long as a look takes that nobody looks: a large folder costs little
_IDENTITY = 8  # letters of a model's identity in the name of a folder


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What is watched, and how it is read.

    Attributes:
        folder: Where images arrive.
        results: Where the folders of results are made, one for each day and model.
        specimen: Which images form a specimen (:class:`Arrivals`).
        reader: How they are read.
        every: Seconds between two looks.
        settle: Seconds for which nothing of a specimen may change before it is read.
    """

    folder: Path
    results: Path
    specimen: str | None = None
    reader: ReaderSettings = field(default_factory=partial(ReaderSettings, sheets=False))
    every: float = EVERY
    settle: float = SETTLE


@dataclass(frozen=True, slots=True)
class _Known:
    """What the desk knows of a watched specimen: as :class:`WatchedRow`."""

    results: Path
    signature: str


class Watch:
    """Watches a folder. Made by :func:`watching`, which lets one process at a time do it.

    Where the results of each specimen are is written into the desk's database before it is read,
    and that it was read once its results are on the worklist. Whatever is killed in between is
    done again, from what is there already.

    Args:
        database: The desk's.
        settings: What is watched, and how it is read.
        by: Who brings the results in.
        say: Is told, in one line each, what was read and what goes wrong.
        clock: Seconds that pass.
    """

    def __init__(
        self,
        database: Database,
        settings: WatchSettings,
        *,
        by: User,
        say: Callable[[str], None] = lambda line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._by, self._clock = database, by, clock
        folder, results = settings.folder.absolute(), settings.results.absolute()
        self.settings = replace(settings, folder=folder, results=results)
        self._say_it = say
        self._wrong: set[str] = set()  # what is wrong at this look,
        self._wrong_before: set[str] = set()  # and what was at the one before
        self._identity = settings.reader.reader().card.identity[:_IDENTITY]
        self._arrivals = Arrivals(
            folder, specimen=settings.specimen, settle=settings.settle, clock=clock
        )
        self._refused: dict[str, tuple[str, float]] = {}  # by key: signature, and when it was
        self._reported: set[NotRead | str] = set()
        self._tried: dict[Path, int] = {}  # folders of results: the time of the last import
        with database.writing() as session:
            require(session, by, Role.READER)
        with database.reading() as session:
            rows = session.exec(select(WatchedRow).where(WatchedRow.folder == folder.as_uri()))
            self._known = {
                row.specimen: _Known(path_of(row.results), row.signature) for row in rows
            }

    def run(self, stop: Event) -> None:
        """Look until ``stop`` is set; what goes wrong is told once, and tried again."""
        while True:
            began = self._clock()
            more = False
            try:
                more = self.look()
            except InputError as error:  # a full disk, a locked database, a folder that is away
                self._say_once(str(error))
            self._wrong_before, self._wrong = self._wrong, set()
            took = self._clock() - began
            if stop.wait(0.0 if more else max(self.settings.every, _REST * took)):
                return

    def look(self) -> bool:
        """Look once: read what can be read, a few specimens at most, and bring it in.

        Returns:
            Whether more can be read at once.

        Raises:
            InputError: if the watched folder, the folders of results or the database cannot be
                used now.
        """
        self._bring_in_grown()
        found = self._arrivals.look()
        note_unread(self._database, self.settings.folder, found.not_read, by=self._by)
        self._tell(found.not_read)
        self._forget_gone(found)
        due = [arrival for arrival in found.arrivals.values() if self._is_due(arrival)]
        by_folder: dict[Path, list[Arrival]] = {}
        for arrival in due[:_AT_ONCE]:
            by_folder.setdefault(self._place_of(arrival), []).append(arrival)
        for folder, arrivals in by_folder.items():
            self._read(folder, arrivals)
        return len(due) > _AT_ONCE

    def _is_due(self, arrival: Arrival) -> bool:
        known = self._known.get(arrival.key)
        if known is not None and known.signature == arrival.signature:
            return False
        signature, at = self._refused.get(arrival.key, ("", 0.0))
        return signature != arrival.signature or self._clock() - at >= _AGAIN

    def _place_of(self, arrival: Arrival) -> Path:
        """Return the folder for the results of a specimen: where it was read before, if it can be.

        One that another model has read is read into another folder: models are not mixed.
        """
        known = self._known.get(arrival.key)
        if (
            known is not None
            and known.results.name.endswith(f"-{self._identity}")
            and (known.results.is_dir() or not known.signature)
        ):
            return known.results
        today = self._database.clock().astimezone().date()
        return self.settings.results / f"{today:%Y-%m-%d}-{self._identity}"

    def _read(self, folder: Path, arrivals: Sequence[Arrival]) -> None:
        """Read specimens into a folder of results, and bring that in."""
        keys = [arrival.key for arrival in arrivals]
        self._write_down({key: _Known(folder, "") for key in keys})
        inputs = Inputs(tuple(file for arrival in arrivals for file in arrival.files), ())
        done = read_batch(inputs, folder, self.settings.reader)
        self._bring_in(folder)
        refused: dict[str, list[NotRead]] = {}
        for entry in done.not_read:
            if entry.file is not None:
                refused.setdefault(entry.file, []).append(entry)
        read = {}
        for arrival in arrivals:
            wrong = [entry for file in arrival.files for entry in refused.get(file.uri, ())]
            if wrong:
                self._refused[arrival.key] = (arrival.signature, self._clock())
                self._tell(wrong)
            else:
                self._refused.pop(arrival.key, None)
                read[arrival.key] = _Known(folder, arrival.signature)
        self._write_down(read)
        for line in done.caveats:
            if line not in self._reported:
                self._reported.add(line)
                self._say_it(line)
        if done.fields:
            count = len(arrivals)
            specimens = "1 specimen" if count == 1 else f"{count} specimens"
            fields = "1 field" if done.fields == 1 else f"{done.fields} fields"
            self._say_it(f"{specimens}: {fields} read into {folder}")

    def _write_down(self, known: dict[str, _Known]) -> None:
        changed = {key: entry for key, entry in known.items() if self._known.get(key) != entry}
        if not changed:
            return
        uri = self.settings.folder.as_uri()
        with self._database.writing() as session:
            for key, entry in changed.items():
                results = entry.results.as_uri()
                row = WatchedRow(
                    folder=uri, specimen=key, results=results, signature=entry.signature
                )
                session.merge(row)
        self._known.update(changed)

    def _forget_gone(self, found: Look) -> None:
        """Take files off the list of those that could not be read whose specimens are gone."""
        gone = self._refused.keys() - found.keys
        for key in gone:
            del self._refused[key]
        for folder in {self._known[key].results for key in gone if key in self._known}:
            if is_written_by_anascope(folder / "specimens"):
                self._bring_in(folder)

    def _bring_in_grown(self) -> None:
        """Bring in folders of results that were written to since they were brought in last.

        That is so of folders into which ``anascope read`` was started by somebody else, and of a
        folder of this watch if it was killed before it brought it in.
        """
        known = {batch.folder: batch.imported_at for batch in batches(self._database)}
        for folder in self._own_folders():
            known.setdefault(folder, "")
        for folder, imported_at in known.items():
            try:
                written = (folder / FolderFile.READING).stat().st_mtime_ns
            except OSError:  # it is away, or nothing was ever read into it to the end
                continue
            at = datetime.datetime.fromtimestamp(written / 1e9, datetime.UTC)
            if (imported_at and at <= as_time(imported_at)) or self._tried.get(folder) == written:
                continue
            try:
                self._bring_in(folder)
            except InputError as error:  # it is in use, or is no folder of results any more
                self._say_once(str(error))
            else:
                self._tried[folder] = written

    def _own_folders(self) -> Iterable[Path]:
        if not self.settings.results.is_dir():
            return
        for folder in sorted(self.settings.results.iterdir()):
            if is_written_by_anascope(folder / "specimens"):
                yield folder

    def _bring_in(self, folder: Path) -> None:
        done = import_results(self._database, folder, by=self._by)
        self._tell(done.damaged)

    def _tell(self, not_read: Iterable[NotRead]) -> None:
        """Say of each file once that it could not be read, until another thing is wrong with it."""
        for entry in not_read:
            if entry not in self._reported:
                self._reported.add(entry)
                self._say_it(f"not read: {entry.source}: {entry.reason}")

    def _say_once(self, line: str) -> None:
        if line not in self._wrong_before | self._wrong:
            self._say_it(line)
        self._wrong.add(line)


def watching(
    database: Database,
    settings: WatchSettings,
    *,
    by: User,
    say: Callable[[str], None] = lambda line: None,
    stop: Event | None = None,
    began: Callable[[], None] = lambda: None,
) -> None:
    """Watch a folder until ``stop`` is set, or for ever.

    One process at a time watches into a folder of results.

    Args:
        database, settings, by, say: As :class:`Watch` takes them.
        stop: Ends it after the specimens that are being read.
        began: Is called once it watches.

    Raises:
        InputError: if the folder or the model is not there, a setting makes no sense, or another
            process watches into the same folder of results.
        NotAllowed: if ``by`` may not work at this desk.
        WriteError: if the folder of results cannot be written.
    """
    check_settings(settings)
    with folder_lock(settings.results):
        watch = Watch(database, settings, by=by, say=say)
        began()
        watch.run(stop or Event())


def check_settings(settings: WatchSettings) -> None:
    """Check that a folder can be watched as it is asked for.

    Raises:
        InputError: if it cannot.
    """
    folder, results = settings.folder.resolve(), settings.results.resolve()
    if not folder.is_dir():
        raise InputError(settings.folder, "no such folder", "the folder in which images arrive")
    if results == folder:
        raise InputError(results, "watched, and for the results", "another folder for the results")
    if is_written_by_anascope(folder):
        raise InputError(folder, "a folder that anascope has written", "one in which images arrive")
    for name, seconds in (("every", settings.every), ("settle", settings.settle)):
        if not 0 < seconds <= 86400:
            raise InputError(name, f"{seconds:g} seconds", "more than 0, up to 86400")
    Arrivals(folder, specimen=settings.specimen, settle=settings.settle).look()
    settings.reader.reader()
