"""Whether a user may do something, asked in the transaction in which it is done."""

from __future__ import annotations

from sqlmodel import Session, col, select

from anascope.desk.accounts._names import key_of
from anascope.desk.accounts._user import LOCAL, Origin, Role, User
from anascope.desk.store import AccountRow, Database, is_storable
from anascope.errors import InputError


class NotAllowed(InputError):
    """A user may not do this."""


def local_user(database: Database) -> User | None:
    """Return the one local user of a desk without accounts; None where there are accounts."""
    with database.reading() as session:
        return None if has_accounts(session) else LOCAL


def has_accounts(session: Session) -> bool:
    """Tell whether the desk has accounts, whether or not anybody may use them."""
    return session.exec(select(col(AccountRow.id)).limit(1)).first() is not None


def find_account(session: Session, name: str) -> AccountRow | None:
    """Return the account of a name, however that is spelled; None if there is none."""
    if not is_storable(name):
        return None
    return session.exec(select(AccountRow).where(AccountRow.key == key_of(name))).first()


def account_named(session: Session, name: str) -> AccountRow:
    """Return the account of a name.

    Raises:
        InputError: if there is none.
    """
    account = find_account(session, name)
    if account is None:
        raise InputError("name", f"no account '{name}'", "the name of an account")
    return account


def require(session: Session, user: User, needed: Role, *, to_sign: bool = False) -> None:
    """Check that a user may do something at this moment.

    Somebody may have been given another role since they logged in, or have been switched off.

    Args:
        session: Of the transaction in which it is done.
        user: Who does it.
        needed: The least role for it.
        to_sign: Whether it is a signature, which whoever runs commands cannot give.

    Raises:
        NotAllowed: if they may not.
    """
    role = _role_now(session, user, to_sign=to_sign)
    if not role.may(needed):
        raise NotAllowed(f"user '{user.name}'", f"is a {role}", f"a {needed}, to do this")


def _role_now(session: Session, user: User, *, to_sign: bool) -> Role:
    where = f"user '{user.name}'"
    if user.origin is Origin.OPERATOR:
        if to_sign:
            raise NotAllowed(where, "runs commands", "somebody who has logged in, to sign")
        return Role.ADMINISTRATOR
    if user.origin is Origin.LOCAL:
        if user != LOCAL or has_accounts(session):
            raise NotAllowed(where, "the desk has accounts now", "somebody who has logged in")
        return LOCAL.role
    # The name to the letter: nobody gives two signatures under two spellings.
    account = session.exec(select(AccountRow).where(AccountRow.name == user.name)).first()
    if account is None or not account.active:
        raise NotAllowed(where, "no account that is switched on", "somebody who has logged in")
    return Role(account.role)
