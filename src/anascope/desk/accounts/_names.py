"""Names of accounts: which are one name, and which cannot be one."""

from __future__ import annotations

import unicodedata

from anascope.desk.accounts._user import LOCAL
from anascope.errors import InputError

_MOST = 64


def key_of(name: str) -> str:
    """Return what is the same for spellings that people take for one name.

    >>> key_of("Ana "), key_of("ＡＮＡ")
    ('ana', 'ana')
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """Return a name for a new account, without blanks around it.

    Raises:
        InputError: if it cannot be one.
    """
    name = unicodedata.normalize("NFC", name).strip()
    expected = f"a name of 1 to {_MOST} printable letters, without ':'"
    if not 1 <= len(name) <= _MOST or not name.isprintable() or ":" in name:
        raise InputError("name", f"'{name[:_MOST]}'", expected)
    if key_of(name) == LOCAL.name:
        raise InputError("name", f"'{name}', which stands for a desk without accounts", "another")
    return name
