"""Images that could not be read: which, and why, for as long as that is so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from anascope.desk.accounts import Role, User, require
from anascope.desk.audit import Change, What, append
from anascope.desk.store import Database, UnreadRow, as_stamp
from anascope.desk.worklist._reading import path_of
from anascope.errors import one_line
from anascope.reading import NotRead


@dataclass(frozen=True, slots=True)
class Unread:
    """An image that could not be read.

    Attributes:
        folder: The folder of results that says so, or the watched folder that it is in.
        source: The file, with the page if only that could not be read.
        reason: What was found, and what was expected, in one line.
        at: When the desk was first told, UTC.
    """

    folder: Path
    source: str
    reason: str
    at: str


def note_unread(database: Database, folder: Path, found: Iterable[NotRead], *, by: User) -> None:
    """Note which images of a folder cannot be read; those that were noted before and are not among
    them are taken off the list.

    An image that is no longer in its folder counts as none, so that whoever removes a broken file
    takes it off the list. The trail tells of what is put on the list and of what is taken off it.

    Args:
        database: The desk's.
        folder: A folder of results, or one that is watched.
        found: All that cannot be read there.
        by: Who brings the results in.

    Raises:
        NotAllowed: if ``by`` may not work at this desk.
        WriteError: if the database cannot be written.
    """
    uri, at = folder.as_uri(), as_stamp(database.clock())
    now = {
        (one_line(entry.source), one_line(entry.reason)): entry.file or ""
        for entry in found
        if not _is_gone(entry)
    }
    with database.reading() as session:
        if {(row.source, row.reason) for row in _rows_of(session, uri)} == now.keys():
            return
    with database.writing() as session:
        require(session, by, Role.READER)
        changes = []
        for row in _rows_of(session, uri):
            if now.pop((row.source, row.reason), None) is None:
                changes.append(Change(What.NOT_READ, f"image {row.source}", row.reason, ""))
                session.delete(row)
        for (source, reason), file in now.items():
            changes.append(Change(What.NOT_READ, f"image {source}", "", reason))
            session.add(UnreadRow(folder=uri, source=source, reason=reason, file=file, at=at))
        append(session, changes, who=by.name, at=at)


def unread(database: Database, *, after: int = 0, limit: int = 200) -> list[Unread]:
    """Return images that could not be read, the latest first.

    Args:
        database: The desk's.
        after: How many of them to pass over.
        limit: How many at most.
    """
    query = select(UnreadRow).order_by(col(UnreadRow.at).desc(), col(UnreadRow.id).desc())
    with database.reading() as session:
        return [
            Unread(path_of(row.folder), row.source, row.reason, row.at)
            for row in session.exec(query.offset(after).limit(limit))
        ]


def count_unread(database: Database) -> int:
    """Return how many images could not be read."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(UnreadRow)).one()


def move_unread(session: Session, before: str, now: str) -> None:
    """Note that a folder of results was moved, from one URI to another."""
    for row in _rows_of(session, before):
        row.folder = now


def _rows_of(session: Session, uri: str) -> list[UnreadRow]:
    return list(session.exec(select(UnreadRow).where(UnreadRow.folder == uri)))


def _is_gone(entry: NotRead) -> bool:
    """Tell whether an image was removed. If its whole folder is gone, a disk may be away."""
    if entry.file is None:
        return False
    path = path_of(entry.file)
    return path.parent.is_dir() and not path.is_symlink() and not path.exists()
