"""Accounts: added, given another role or password, switched off. None is ever removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from anascope.desk.accounts._identity import Identity, link, new_account
from anascope.desk.accounts._names import checked_name, key_of
from anascope.desk.accounts._passwords import checked_password, hashed, matches
from anascope.desk.accounts._require import (
    account_named,
    has_accounts,
    require,
)
from anascope.desk.accounts._user import Origin, Role, User
from anascope.desk.audit import Change, What, append
from anascope.desk.store import AccountRow, Database, SessionRow, as_stamp
from anascope.errors import InputError


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as it is shown.

    Attributes:
        name: Of the user.
        role: What they may do.
        active: Whether they may log in.
        created_at: When it was made, UTC.
    """

    name: str
    role: Role
    active: bool
    created_at: str


def accounts(database: Database) -> list[Account]:
    """Return all accounts, by name."""
    with database.reading() as session:
        rows = session.exec(select(AccountRow).order_by(col(AccountRow.key)))
        return [Account(row.name, Role(row.role), row.active, row.created_at) for row in rows]


def add_account(
    database: Database,
    name: str,
    password: str | None,
    role: Role,
    *,
    by: User,
    identity: Identity | None = None,
) -> Account:
    """Add an account. The first must be an administrator's, as from then on all need one.

    Args:
        database: The desk's.
        name: Of the user.
        password: What they log in with; None if a provider alone vouches for them.
        role: What they may do.
        by: An administrator.
        identity: Whom a provider knows them as; None if they log in with the password alone.

    Raises:
        InputError: if the name or the identity is taken, the name cannot be one, the password is
            too weak, or there is neither a password nor an identity.
        NotAllowed: if ``by`` is no administrator.
    """
    name = checked_name(name)
    if password is None and identity is None:
        raise InputError("account", "neither a password nor an identity", "one of them, or both")
    password_hash = "" if password is None else hashed(checked_password(password, name))
    at = as_stamp(database.clock())
    with database.writing() as session:
        require(session, by, Role.ADMINISTRATOR)
        if not has_accounts(session) and role is not Role.ADMINISTRATOR:
            raise InputError("role", f"'{role}' of the first account", f"'{Role.ADMINISTRATOR}'")
        account = new_account(session, name, role, password_hash, by=by.name, at=at)
        if identity is not None:
            link(session, account, identity, by=by.name, at=at)
    return Account(name, role, True, at)


def change_role(database: Database, name: str, role: Role, *, by: User) -> None:
    """Give a user another role.

    Raises:
        InputError: if there is no such account, or nobody would be left to see to accounts.
        NotAllowed: if ``by`` is no administrator.
    """
    with database.writing() as session:
        require(session, by, Role.ADMINISTRATOR)
        account = account_named(session, name)
        with _administrator_left(session, account):
            before, account.role = account.role, role.value
        change = _change(What.ROLE, account.name, before, role)
        append(session, [change], who=by.name, at=as_stamp(database.clock()))


def switch_account(database: Database, name: str, *, active: bool, by: User) -> None:
    """Let a user log in, or no more; whoever is logged in is logged out.

    Raises:
        InputError: if there is no such account, or nobody would be left to see to accounts.
        NotAllowed: if ``by`` is no administrator.
    """
    words = {True: "on", False: "off"}
    with database.writing() as session:
        require(session, by, Role.ADMINISTRATOR)
        account = account_named(session, name)
        with _administrator_left(session, account):
            before, account.active = account.active, active
        _end_sessions(session, account)
        change = _change(What.ACTIVE, account.name, words[before], words[active])
        append(session, [change], who=by.name, at=as_stamp(database.clock()))


def change_password(
    database: Database, name: str, password: str, *, by: User, old: str | None = None
) -> None:
    """Give a user another password; whoever is logged in under that name is logged out.

    Args:
        database: The desk's.
        name: Whose.
        password: The new one.
        by: The user themselves, who must say the old one, or an administrator.
        old: The one until now.

    Raises:
        InputError: if there is no such account, the old password is wrong, or the new one is too
            weak.
        NotAllowed: if ``by`` is another user and no administrator.
    """
    password_hash = hashed(checked_password(password, name))
    own = by.origin is Origin.ACCOUNT and key_of(by.name) == key_of(name)
    with database.reading() as session:
        known = account_named(session, name).password_hash
    if own and not matches(known, old or ""):
        raise InputError("password", "not the one until now", "the one until now")
    with database.writing() as session:
        require(session, by, Role.READER if own else Role.ADMINISTRATOR)
        account = account_named(session, name)
        if own and account.password_hash != known:  # somebody was quicker
            raise InputError("password", "not the one until now", "the one until now")
        account.password_hash = password_hash
        _end_sessions(session, account)
        change = _change(What.PASSWORD, account.name)
        append(session, [change], who=by.name, at=as_stamp(database.clock()))


def _change(what: What, name: str, before: str = "", after: str = "") -> Change:
    return Change(what, f"account {name}", str(before), str(after))


@contextmanager
def _administrator_left(session: Session, account: AccountRow) -> Iterator[None]:
    """Check that a change of an account does not take the last one who sees to accounts.

    A desk whose accounts all come from a provider may have none from the beginning.
    """
    before = _administrators(session)
    yield
    if before and not _administrators(session):
        raise InputError(
            f"account '{account.name}'", "is the last administrator", "another one first"
        )


def _administrators(session: Session) -> int:
    session.flush()
    return session.exec(
        select(func.count())
        .select_from(AccountRow)
        .where(AccountRow.role == Role.ADMINISTRATOR.value, col(AccountRow.active))
    ).one()


def _end_sessions(session: Session, account: AccountRow) -> None:
    session.exec(delete(SessionRow).where(col(SessionRow.account_id) == account.id))
