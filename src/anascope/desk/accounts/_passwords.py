"""Passwords: which are good enough, and their Argon2id hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from anascope.desk.accounts._names import key_of
from anascope.errors import InputError

SHORTEST, LONGEST = 12, 1024  # letters; hashing a much longer one would be work for nothing


def checked_password(password: str, name: str) -> str:
    """Return a password that is good enough for a new account.

    Raises:
        InputError: if it is not; the message does not hold it.
    """
    expected = f"{SHORTEST} to {LONGEST} letters"
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError("password", f"{len(password)} letters", expected)
    if len(set(password)) < 4:
        raise InputError("password", "few different letters", "at least 4 different ones")
    if key_of(name) in key_of(password) and len(password) - len(name) < SHORTEST // 2:
        raise InputError("password", "the user's name", "one that cannot be guessed")
    return password


def hashed(password: str) -> str:
    """Return the hash of a password; takes about a tenth of a second, on purpose."""
    return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def matches(known: str | None, password: str) -> bool:
    """Tell whether a password is the one of a hash.

    Without a hash, as of a name that nobody has, it takes as long and is never the one: the time
    does not tell which names there are.
    """
    try:
        fits = _hasher().verify(
            _of_nobody() if known is None else known,
            password[: LONGEST + 1].encode("utf-8", "surrogatepass"),
        )
    except (VerificationError, InvalidHashError):
        return False
    return fits and known is not None


def is_outdated(known: str) -> bool:
    """Tell whether a hash was made with other settings than those of today."""
    return _hasher().check_needs_rehash(known)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # the second recommendation of RFC 9106


@cache
def _of_nobody() -> str:
    return hashed("")
