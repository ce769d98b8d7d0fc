"""Whom a provider of log-ins knows under a subject, and the accounts of these people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, select

from anascope.desk.accounts._names import key_of
from anascope.desk.accounts._require import account_named, find_account, require
from anascope.desk.accounts._user import Role, User
from anascope.desk.audit import Change, What, append, as_text
from anascope.desk.store import AccountRow, Database, IdentityRow, as_stamp, checked_text
from anascope.errors import InputError

_MOST = 255  # letters of a subject (OpenID Connect Core 1.0, section 2)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, as a provider of log-ins knows them; it is never another person's.

    Attributes:
        issuer: The provider: its address, as its tokens have it.
        subject: What it calls the person.
    """

    issuer: str
    subject: str

    def __post_init__(self) -> None:
        for what in ("issuer", "subject"):
            text = getattr(self, what)
            if not text or checked_text(text, what, most=_MOST) != text:
                raise InputError(what, f"'{text[:_MOST]}'", f"1 to {_MOST} letters")


def link_identity(database: Database, name: str, identity: Identity, *, by: User) -> None:
    """Let a person whom a provider knows log in to an account.

    Args:
        database: The desk's.
        name: Of the account.
        identity: The person.
        by: An administrator.

    Raises:
        InputError: if there is no such account, it belongs to another person whom this provider
            knows, or this person has an account.
        NotAllowed: if ``by`` is no administrator.
    """
    with database.writing() as session:
        require(session, by, Role.ADMINISTRATOR)
        account = account_named(session, name)
        link(session, account, identity, by=by.name, at=as_stamp(database.clock()))


def find_identity(session: Session, identity: Identity) -> IdentityRow | None:
    """Return the row of a person; None if they have no account."""
    return session.exec(
        select(IdentityRow).where(
            IdentityRow.issuer == identity.issuer, IdentityRow.subject == identity.subject
        )
    ).first()


def new_account(
    session: Session, name: str, role: Role, password_hash: str, *, by: str, at: str
) -> AccountRow:
    """Add an account, in a transaction that somebody else has begun.

    Args:
        session: Of the transaction.
        name: As :func:`anascope.desk.accounts._names.checked_name` returns it.
        role: What they may do.
        password_hash: Of their password; empty if they have none.
        by: Who does it, as the trail names them.
        at: When.

    Raises:
        InputError: if the name is taken.
    """
    if find_account(session, name) is not None:
        raise InputError("name", f"'{name}' is taken", "a new name")
    account = AccountRow(
        name=name,
        key=key_of(name),
        role=role.value,
        password_hash=password_hash,
        active=True,
        created_at=at,
    )
    session.add(account)
    session.flush()
    change = Change(What.ACCOUNT, f"account {name}", after=str(role))
    append(session, [change], who=by, at=at)
    return account


def link(
    session: Session,
    account: AccountRow,
    identity: Identity,
    *,
    by: str,
    at: str,
    display: str = "",
) -> IdentityRow:
    """Let a person log in to an account, in a transaction that somebody else has begun.

    Args:
        session: Of the transaction.
        account: The account.
        identity: The person.
        by: Who does it, as the trail names them.
        at: When.
        display: What people are shown of the person.

    Raises:
        InputError: if the account belongs to another person whom this provider knows, or this
            person has an account.
    """
    where = f"account '{account.name}'"
    if find_identity(session, identity) is not None:
        found = f"'{identity.subject}' of {identity.issuer} has an account"
        raise InputError(where, found, "somebody who has none")
    other = session.exec(
        select(IdentityRow).where(
            IdentityRow.account_id == account.id, IdentityRow.issuer == identity.issuer
        )
    ).first()
    if other is not None:
        found = f"belongs to '{other.subject}' of {other.issuer}"
        raise InputError(where, found, "an account of nobody whom this provider knows")
    row = IdentityRow(
        issuer=identity.issuer,
        subject=identity.subject,
        account_id=account.id or 0,
        display=display,
    )
    session.add(row)
    session.flush()
    linked = {"issuer": identity.issuer, "subject": identity.subject, "display": display}
    change = Change(What.IDENTITY, f"account {account.name}", after=as_text(linked))
    append(session, [change], who=by, at=at)
    return row
