"""Logging in, so that passwords cannot be guessed one after the other."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from anascope.desk.accounts._names import key_of
from anascope.desk.accounts._passwords import hashed, is_outdated, matches
from anascope.desk.accounts._require import account_named, find_account
from anascope.desk.accounts._sessions import LASTS, begin_session
from anascope.desk.accounts._user import Role, User
from anascope.desk.audit import Change, What, append
from anascope.desk.store import AttemptRow, Database, as_stamp, as_time
from anascope.errors import InputError
from anascope.files import sha256_of

WINDOW = datetime.timedelta(minutes=15)
"""For how long an attempt counts."""

MOST_FROM_ONE_PLACE = 5
"""Attempts for one name from one address: guesses end here."""

MOST_OF_ALL = 50
"""Attempts for one name from anywhere, or for any names from one address."""


class LogInRefused(InputError):
    """Name and password do not belong together, or the account is switched off."""


class TooManyAttempts(LogInRefused):
    """Somebody has tried too often."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """Somebody has logged in.

    Attributes:
        user: Who.
        token: What their browser shows from now on; known to nobody else.
        expires: When it is worth nothing any more, at the latest.
    """

    user: User
    token: str
    expires: datetime.datetime


def log_in(database: Database, name: str, password: str, *, address: str) -> LogIn:
    """Log somebody in.

    Args:
        database: The desk's.
        name, password: As they were typed.
        address: Where it was typed: what limits the number of guesses.

    Raises:
        TooManyAttempts: if it was tried too often in a quarter of an hour.
        LogInRefused: if there is no such name, or the password is another one; which of the two is
            not said.
    """
    # Somebody may have typed a password where the name belongs: it is not kept as it is.
    key = sha256_of(key_of(name).encode("utf-8", "surrogatepass"))
    now = database.clock()
    with database.writing() as session:  # counted before it is known whether it was right
        _check_attempts(session, key, address, now)
        session.add(AttemptRow(key=key, address=address, at=as_stamp(now)))
    with database.reading() as session:
        account = find_account(session, name)
        # An account of a provider has no password, and is as slow to refuse as any other.
        known = (account.password_hash or None) if account is not None and account.active else None
    if not matches(known, password):
        raise LogInRefused("log-in", "name and password do not belong together", "those that do")
    renewed = hashed(password) if known is not None and is_outdated(known) else known
    with database.writing() as session:
        account = account_named(session, name)
        if account.password_hash != known or not account.active:  # changed at this very moment
            raise LogInRefused("log-in", "the account was changed", "to log in again")
        account.password_hash = renewed or account.password_hash
        session.exec(
            delete(AttemptRow).where(col(AttemptRow.key) == key, col(AttemptRow.address) == address)
        )
        token = begin_session(session, account, now)
        user = User(account.name, Role(account.role))
        change = Change(What.LOGGED_IN, f"account {account.name}", after=f"from {address}")
        append(session, [change], who=account.name, at=as_stamp(now))
    return LogIn(user, token, now + LASTS)


def _check_attempts(session: Session, key: str, address: str, now: datetime.datetime) -> None:
    session.exec(delete(AttemptRow).where(col(AttemptRow.at) <= as_stamp(now - WINDOW)))
    by_name, by_address = col(AttemptRow.key) == key, col(AttemptRow.address) == address
    limits = (
        (by_name & by_address, MOST_FROM_ONE_PLACE),
        (by_name, MOST_OF_ALL),
        (by_address, MOST_OF_ALL),
    )
    for which, most in limits:
        count, first = session.exec(
            select(func.count(), func.min(AttemptRow.at)).select_from(AttemptRow).where(which)
        ).one()
        if count >= most:
            left = as_time(first) + WINDOW - now
            minutes = max(1, -(-int(left.total_seconds()) // 60))
            raise TooManyAttempts("log-in", f"{count} attempts", f"to wait {minutes} minutes")
