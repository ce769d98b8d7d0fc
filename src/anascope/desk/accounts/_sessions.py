"""Sessions: who is logged in, for how long."""

from __future__ import annotations

import datetime
import secrets

from sqlmodel import Session, col, delete, select

from anascope.desk.accounts._user import Origin, Role, User
from anascope.desk.store import (
    AccountRow,
    Database,
    IdentityRow,
    SessionRow,
    as_stamp,
    as_time,
)
from anascope.files import sha256_of

LASTS = datetime.timedelta(hours=12)
"""For how long a session lasts at most."""

IDLE = datetime.timedelta(minutes=60)
"""After how long without a page it ends."""

_SEEN_EVERY = datetime.timedelta(minutes=1)  # writing at every page would make readers wait


def begin_session(
    session: Session, account: AccountRow, now: datetime.datetime, *, issuer: str = ""
) -> str:
    """Begin a session and return its token, which is kept nowhere; those that ended are removed.

    Args:
        session: Of the transaction in which somebody logs in.
        account: Who.
        now: When.
        issuer: The provider that has vouched for them; empty if they gave a password.
    """
    ended = col(SessionRow.expires_at) <= as_stamp(now)
    idle = col(SessionRow.seen_at) <= as_stamp(now - IDLE)
    session.exec(delete(SessionRow).where(ended | idle))
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_sha256=_hash_of(token),
            account_id=account.id or 0,
            created_at=as_stamp(now),
            seen_at=as_stamp(now),
            expires_at=as_stamp(now + LASTS),
            issuer=issuer,
        )
    )
    return token


def user_of(database: Database, token: str) -> User | None:
    """Return who is logged in with a token; None if nobody is, or no more."""
    now = database.clock()
    with database.reading() as session:
        found = session.exec(
            select(SessionRow, AccountRow, IdentityRow)
            .join(AccountRow, col(AccountRow.id) == SessionRow.account_id)
            .outerjoin(
                IdentityRow,
                (col(IdentityRow.account_id) == SessionRow.account_id)
                & (col(IdentityRow.issuer) == SessionRow.issuer),
            )
            .where(SessionRow.token_sha256 == _hash_of(token))
        ).first()
        if found is None:
            return None
        row, account, identity = found
        seen_at = as_time(row.seen_at)
        if now >= as_time(row.expires_at) or now - seen_at >= IDLE or not account.active:
            return None
        display = "" if identity is None else identity.display
        origin = Origin.PROVIDER if row.issuer else Origin.ACCOUNT
        user = User(account.name, Role(account.role), origin, display)
    if now - seen_at >= _SEEN_EVERY:
        with database.writing() as session:
            again = session.get(SessionRow, _hash_of(token))
            if again is None:  # has logged out meanwhile
                return None
            again.seen_at = as_stamp(now)
    return user


def log_out(database: Database, token: str) -> str:
    """End a session; there need be none.

    Returns:
        The provider that had vouched for who it was; empty if it was a password.
    """
    with database.writing() as session:
        row = session.get(SessionRow, _hash_of(token))
        if row is None:
            return ""
        issuer = row.issuer
        session.delete(row)
        return issuer


def _hash_of(token: str) -> str:
    return sha256_of(token.encode("utf-8", "surrogatepass"))
