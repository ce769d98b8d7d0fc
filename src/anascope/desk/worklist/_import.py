"""Brings the results of ``anascope read`` from their folder into the database."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlmodel import Session, select

from anascope.desk.accounts import Role, User, require
from anascope.desk.audit import Change, What, append
from anascope.desk.store import BatchRow, Database, ReadingRow, SpecimenRow, as_stamp
from anascope.desk.worklist._reading import ReadSpecimen, path_of, read_specimen
from anascope.desk.worklist._rows import Added, add_readings
from anascope.desk.worklist._unread import move_unread, note_unread
from anascope.errors import InputError
from anascope.files import FolderFile, is_written_by_anascope
from anascope.folder_lock import folder_lock
from anascope.reading import NotRead, refused
from anascope.reading.results import Store

_AT_ONCE = 200  # specimens in a transaction: others that write wait for no more than a moment


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the specimens in a folder of results.

    Attributes:
        new: How many are new to the desk.
        changed: How many were read anew, and read as something else.
        moved: Of how many only the place of their files is another one.
        unchanged: How many are as they were.
        undecided_yet: Names of those whose reading has not ended.
        damaged: What is damaged in the folder, and was left out.
        not_read: Images of its specimens that could not be read; the desk lists them until they
            are.
        gone: Names of those that the desk has from this folder, and that are not in it any more.
    """

    new: int
    changed: int
    moved: int
    unchanged: int
    undecided_yet: tuple[str, ...]
    damaged: tuple[NotRead, ...]
    not_read: tuple[NotRead, ...]
    gone: tuple[str, ...]


def import_results(
    database: Database,
    folder: str | Path,
    *,
    by: User,
    wait: bool | float = False,
    advance: Callable[[int, int], None] = lambda done, of: None,
) -> Imported:
    """Bring all specimens of a folder of results into the desk.

    May be done again at any time: what is the same stays, and what was read anew becomes a further
    reading of its specimen. A stopped import goes on where it was. Results that were written, and
    signatures, stay; where they are about another reading, the worklist says so.

    Args:
        database: The desk's.
        folder: What ``anascope read --out`` wrote.
        by: Who brings them in.
        wait: Whether to wait while the folder is written: seconds, or True for as long as it takes.
        advance: Is told how many specimens are done, of how many.

    Raises:
        InputError: if it is no folder of results, or is being written.
        NotAllowed: if ``by`` may not work at this desk.
        WriteError: if the database cannot be written.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - pathlib keeps ".."
    if not is_written_by_anascope(folder / "specimens"):
        expected = f"what anascope read has written: no specimens/{FolderFile.SPECIMENS}"
        raise InputError(folder, "no folder of results", expected)
    with folder_lock(folder, wait=wait):
        return _import(database, folder, by, advance)


def _import(
    database: Database, folder: Path, by: User, advance: Callable[[int, int], None]
) -> Imported:
    began = as_stamp(database.clock())
    store = Store(folder)
    damaged, not_read = list(store.damaged), tuple(store.not_read())
    with_fields = {field.specimen for field in store.fields()}
    batch_id = _batch_id(database, store, folder, by)
    total, done, rest = Added(), 0, store.read_specimens()
    while batch := list(islice(rest, _AT_ONCE)):
        read = []
        for specimen in batch:
            try:
                read.append(read_specimen(store, specimen))
            except InputError as error:
                damaged.append(refused(error))
        _add(database, batch_id, read, by, total)
        done += len(batch)
        advance(done, len(store.specimens))
    note_unread(database, folder, [*not_read, *damaged], by=by)
    _end(database, batch_id, began)
    return Imported(
        new=total.new,
        changed=total.changed,
        moved=total.moved,
        unchanged=total.unchanged,
        undecided_yet=tuple(sorted(with_fields - store.specimens)),
        damaged=tuple(damaged),
        not_read=not_read,
        gone=_gone(database, batch_id, store.specimens | with_fields | store.half_decided),
    )


def _batch_id(database: Database, store: Store, folder: Path, by: User) -> int:
    """Return the number of a folder, which gets one when it is first seen."""
    uri, at = folder.as_uri(), as_stamp(database.clock())
    with database.writing() as session:
        require(session, by, Role.READER)
        batch = session.exec(select(BatchRow).where(BatchRow.folder == uri)).first()
        if batch is None:
            batch = _moved(session, store)
            if batch is None:
                batch = BatchRow(folder=uri, imported_at="")
                session.add(batch)
            else:
                move_unread(session, batch.folder, uri)
                change = Change(What.FOLDER, f"batch {batch.id}", batch.folder, uri)
                append(session, [change], who=by.name, at=at)
        batch.folder = uri
        session.flush()
        return batch.id or 0


def _end(database: Database, batch_id: int, began: str) -> None:
    """Note when an import began that has ended: what is written to the folder since is not in it.

    One that was stopped leaves the time of the one before.
    """
    with database.writing() as session:
        session.get_one(BatchRow, batch_id).imported_at = began


def _moved(session: Session, store: Store) -> BatchRow | None:
    """Return the batch that this folder was, if it was moved: else each specimen would come twice.

    Its folder is gone, and it has the first specimen of this one, read as the same.
    """
    try:
        first = next(iter(map(partial(read_specimen, store), store.read_specimens())), None)
    except InputError:  # is told later
        first = None
    if first is None:
        return None
    found = session.exec(
        select(BatchRow)
        .join(SpecimenRow)
        .join(ReadingRow)
        .where(SpecimenRow.name == first.specimen.specimen)
        .where(ReadingRow.essence_sha256 == first.essence_sha256)
        .distinct()
    )
    return next((batch for batch in found if not path_of(batch.folder).exists()), None)


def _add(
    database: Database, batch_id: int, read: Sequence[ReadSpecimen], by: User, total: Added
) -> None:
    at = as_stamp(database.clock())
    with database.writing() as session:
        require(session, by, Role.READER)
        batch = session.get_one(BatchRow, batch_id)
        added = add_readings(session, batch, read, who=by.name, at=at)
    total.add(added)


def _gone(database: Database, batch_id: int, there: Set[str]) -> tuple[str, ...]:
    with database.reading() as session:
        names = session.exec(select(SpecimenRow.name).where(SpecimenRow.batch_id == batch_id))
        return tuple(sorted(name for name in names if name not in there))
