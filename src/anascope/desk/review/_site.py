"""What the laboratory has set for reviews."""

from __future__ import annotations

from sqlmodel import Session

from anascope.desk.accounts import Role, User, require
from anascope.desk.audit import Change, What, append
from anascope.desk.store import Database, SettingRow, as_stamp
from anascope.errors import InputError

_SIGNATURES = "signatures"
MOST_SIGNATURES = 2


def signatures_required(session: Session) -> int:
    """Return how many signatures a result needs: one, unless the laboratory asks for two."""
    row = session.get(SettingRow, _SIGNATURES)
    return 1 if row is None else int(row.value)


def require_signatures(database: Database, count: int, *, by: User) -> None:
    """Set how many signatures a result needs from now on; what is signed stays signed.

    A result that has one of two signatures stays in review, even if one is enough then, until
    somebody else signs it or writes its next version.

    Args:
        database: The desk's.
        count: 1 or 2.
        by: An administrator.

    Raises:
        InputError: if it is another number.
        NotAllowed: if ``by`` is no administrator.
    """
    if count not in range(1, MOST_SIGNATURES + 1):
        raise InputError("signatures", f"{count}", f"1 to {MOST_SIGNATURES}")
    with database.writing() as session:
        require(session, by, Role.ADMINISTRATOR)
        before = signatures_required(session)
        if before == count:
            return
        session.merge(SettingRow(key=_SIGNATURES, value=str(count)))
        change = Change(What.SETTING, f"setting {_SIGNATURES}", str(before), str(count))
        append(session, [change], who=by.name, at=as_stamp(database.clock()))
