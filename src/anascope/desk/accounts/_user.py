"""A user, and what users may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anascope.errors import InputError, did_you_mean


class Role(StrEnum):
    """What a user may do; each may all that those before it may.

    A reader corrects and signs, a senior gives second signatures, and an administrator sees to
    accounts and settings.
    """

    READER = "reader"
    SENIOR = "senior"
    ADMINISTRATOR = "administrator"

    def may(self, needed: Role) -> bool:
        """Tell whether this role is at least ``needed``."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    @classmethod
    def named(cls, name: str) -> Role:
        """Return the role of a name.

        Raises:
            InputError: if there is none.
        """
        try:
            return cls(name.strip().lower())
        except ValueError:
            raise InputError("role", f"'{name}'", did_you_mean(name, list(cls))) from None


class Origin(StrEnum):
    """How it is known who a user is."""

    ACCOUNT = "account"  # has logged in with a password
    PROVIDER = "provider"  # has logged in, and a provider vouches for them
    LOCAL = "local"  # sits at this machine, and the desk has no accounts
    OPERATOR = "operator"  # may run commands where the database is


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works at the desk.

    Attributes:
        name: As the trail names them; stays the same for as long as there is the desk.
        role: What they may do.
        origin: How it is known who they are.
        display: What the provider that they logged in by calls them, or empty.
    """

    name: str
    role: Role
    origin: Origin = Origin.ACCOUNT
    display: str = ""


LOCAL = User("local", Role.ADMINISTRATOR, Origin.LOCAL)
"""The one user of a desk without accounts."""

OPERATOR_PREFIX = "operator:"
"""How names of operators begin; no account is called so."""

PROVIDER_PREFIX = "provider:"
"""How the trail names a provider whose word changes an account; no account is called so."""


def shown_name(name: str, display: str) -> str:
    """Return what people are shown of a user: the name of the trail, and what they are called.

    >>> shown_name("a.lee", "Dr Ann Lee"), shown_name("ann", "")
    ('Dr Ann Lee (a.lee)', 'ann')
    """
    return f"{display} ({name})" if display and display != name else name


def operator(name: str) -> User:
    """Return who runs commands: may see to accounts, settings and imports, but signs nothing.

    Args:
        name: What the system calls them.
    """
    return User(f"{OPERATOR_PREFIX}{name}", Role.ADMINISTRATOR, Origin.OPERATOR)
