"""The errors that anascope raises on purpose, and the one form of their messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_SHOWN = 10  # names listed in a message before it is cut short


class AnascopeError(Exception):
    """Base of every error that anascope raises on purpose.

    The command line shows its message as one line and exits with status 1; any other
    exception is a defect and is shown with its traceback.
    """


class NotFiniteError(AnascopeError, FloatingPointError):
    """A computation has left the numbers: a loss is NaN or infinite."""


class InputError(AnascopeError):
    """Something that a user handed in is not as it must be.

    The message always has the same form: *where*, *what was found*, *what was expected*.

    Args:
        where: The file, row, option or key that is wrong.
        found: What stands there.
        expected: What should stand there.
    """

    def __init__(self, where: str | Path, found: str, expected: str) -> None:
        self.where = str(where)
        self.found = found
        self.expected = expected
        super().__init__(one_line(f"{self.where}: {found}; expected {expected}"))

    # Exceptions are rebuilt from their one message otherwise, and fail to cross processes.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.where, self.found, self.expected)


class WriteError(InputError):
    """Something cannot be written: a full disk, a folder that may only be read.

    It would be so for all that is still to be written, and ends a batch or a study at once; what
    was finished stays whole.
    """


def one_line(text: str) -> str:
    """Return ``text`` with every run of white space as one blank, and as :func:`printable`."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    r"""Return ``text`` with escapes for all that cannot be printed or that acts on what shows it.

    Those are new lines, escape sequences of terminals, marks that turn the direction of writing,
    and halves of surrogate pairs: Python has them for bytes of a name that are no UTF-8, which
    are shown as those bytes.

    >>> print(printable("caf\udce9\x1b[31m\u202e"))
    caf\xe9\x1b[31m\u202e
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(letter: str) -> str:
    if letter.isprintable() or unicodedata.category(letter) == "Zs":  # blanks of all widths
        return letter
    if "\udc80" <= letter <= "\udcff":  # what os.fsdecode makes of a byte
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the entry of ``known`` that is most like ``word``, or None if none is near."""
    lowered = {entry.lower(): entry for entry in known}
    matches = get_close_matches(word.strip().lower(), lowered, n=1, cutoff=0.5)
    return lowered[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``one of a, b, c``, cut short when there are many, with the nearest one named.

    >>> did_you_mean("centromer", ["centromere", "golgi"])
    "one of centromere, golgi (did you mean 'centromere'?)"
    """
    entries = list(known)
    shown = ", ".join(entries[:_SHOWN]) + (", ..." if len(entries) > _SHOWN else "")
    choice = nearest(word, entries)
    hint = f" (did you mean '{choice}'?)" if choice else ""
    return f"one of {shown}{hint}"
