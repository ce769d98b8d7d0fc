"""Logging in on the word of a provider, which has made sure who somebody is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from anascope.desk.accounts._identity import Identity, find_identity, link, new_account
from anascope.desk.accounts._log_in import LogIn, LogInRefused
from anascope.desk.accounts._names import checked_name
from anascope.desk.accounts._require import find_account
from anascope.desk.accounts._sessions import LASTS, begin_session
from anascope.desk.accounts._user import PROVIDER_PREFIX, Origin, Role, User
from anascope.desk.audit import Change, What, append, as_text
from anascope.desk.store import AccountRow, Database, IdentityRow, as_stamp


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody for whom a provider vouches.

    Attributes:
        identity: Who; the same at each log-in.
        name: What a new account is called.
        display: What people are shown of them.
        role: What they may do; None if the desk says so itself.
    """

    identity: Identity
    name: str
    display: str
    role: Role | None


def log_in_vouched(
    database: Database, person: Person, *, address: str, new: Role | None = None
) -> LogIn:
    """Log somebody in for whom a provider vouches.

    The role that the provider gives takes the place of the one until now, also of the last
    administrator's: it is the provider who sees to accounts then.

    Args:
        database: The desk's.
        person: Who.
        address: Where their browser is.
        new: Role of a person who has no account and to whom the provider gives no role; None if
            people without an account are refused.

    Raises:
        LogInRefused: if they have no account and get none, its name is another person's, or it is
            switched off.
    """
    now = database.clock()
    at = as_stamp(now)
    issuer = person.identity.issuer
    by = f"{PROVIDER_PREFIX}{issuer}"
    with database.writing() as session:
        row = find_identity(session, person.identity)
        if row is None:
            row = _added(session, person, new, by=by, at=at)
        account = session.get_one(AccountRow, row.account_id)
        if not account.active:
            raise LogInRefused("log-in", f"account '{account.name}' is switched off", "another one")
        _update(session, account, row, person, by=by, at=at)
        token = begin_session(session, account, now, issuer=issuer)
        origin = {"from": address, "issuer": issuer, "subject": person.identity.subject}
        after = as_text(origin | {"display": person.display})
        change = Change(What.LOGGED_IN, f"account {account.name}", after=after)
        append(session, [change], who=account.name, at=at)
        user = User(account.name, Role(account.role), Origin.PROVIDER, person.display)
    return LogIn(user, token, now + LASTS)


def _added(session: Session, person: Person, new: Role | None, *, by: str, at: str) -> IdentityRow:
    subject = person.identity.subject
    if new is None:
        found = f"the provider's '{subject}' has no account at this desk"
        expected = "an administrator to add one: anascope desk users add --subject"
        raise LogInRefused("log-in", found, expected)
    name = checked_name(person.name)
    if find_account(session, name) is not None:
        # Whoever may choose their name at the provider must not become somebody else here.
        found = f"the name '{name}' is another user's, and not of the provider's '{subject}'"
        expected = "an administrator to link the two, or to add an account of another name"
        raise LogInRefused("log-in", found, expected)
    account = new_account(session, name, person.role or new, "", by=by, at=at)
    return link(session, account, person.identity, by=by, at=at, display=person.display)


def _update(
    session: Session, account: AccountRow, row: IdentityRow, person: Person, *, by: str, at: str
) -> None:
    """Write down what the provider says differently from the last time."""
    subject = f"account {account.name}"
    if person.role is not None and person.role != account.role:
        change = Change(What.ROLE, subject, account.role, str(person.role))
        append(session, [change], who=by, at=at)
        account.role = person.role.value
    if person.display != row.display:
        change = Change(What.DISPLAY, subject, row.display, person.display)
        append(session, [change], who=by, at=at)
        row.display = person.display
