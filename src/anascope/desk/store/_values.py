"""What a database takes as text and as a number of a row."""

from __future__ import annotations

import unicodedata

from anascope.errors import InputError

_LAST = 2**63 - 1
_LINES = "\n\t"


def checked_text(text: str, where: str, *, most: int, lines: bool = False) -> str:
    """Return text that somebody typed, in one form of its letters, without blanks around it.

    Args:
        text: What they typed.
        where: What to call it in messages.
        most: How many letters it may have.
        lines: Whether it may have several lines.

    Raises:
        InputError: if it is longer, or has signs that no page shows.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > most:
        raise InputError(where, f"{len(text)} letters", f"at most {most}")
    for letter in text:
        control = unicodedata.category(letter) in ("Cc", "Cs")
        if control and not (lines and letter in _LINES):
            raise InputError(where, f"the sign U+{ord(letter):04X}", "letters, digits and signs")
    return text


def is_storable(value: object) -> bool:
    """Tell whether a value can stand in a database at all, so that it may be looked for."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, int) or -_LAST <= value <= _LAST
