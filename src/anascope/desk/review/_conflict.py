"""Two readers on one specimen: the second is told, and nothing is overwritten."""

from __future__ import annotations

from sqlmodel import Session

from anascope.desk.audit import history, subject_of
from anascope.desk.store import SpecimenRow, as_time, is_storable
from anascope.errors import InputError


class Conflict(InputError):
    """Somebody else has changed a specimen since a reader looked at it."""


class NotOnWorklist(InputError):
    """There is no specimen of a number."""


def specimen_row(session: Session, specimen: int) -> SpecimenRow:
    """Return the row of a specimen.

    Raises:
        NotOnWorklist: if there is none of that number.
    """
    row = session.get(SpecimenRow, specimen) if is_storable(specimen) else None
    if row is None:
        raise NotOnWorklist(subject_of(specimen), "is not on the worklist", "one that is")
    return row


def check_version(session: Session, row: SpecimenRow, seen: int) -> None:
    """Check that a specimen is as a reader saw it.

    Raises:
        Conflict: if it is not; it says who changed it, when and how.
    """
    if row.version == seen:
        return
    latest = history(session, subject_of(row.id or 0), limit=1)
    found = f"changed meanwhile (version {row.version}, not {seen})"
    if latest:
        at = as_time(latest[0].at).strftime("%Y-%m-%d %H:%M:%S UTC")
        found += f" by {latest[0].who} at {at}: {latest[0].what}"
    expected = "it to be looked at again; nothing was written"
    raise Conflict(f"specimen '{row.name}'", found, expected)
