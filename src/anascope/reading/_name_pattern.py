r"""A user's regular expression that finds specimens in the names of files.

It is matched by RE2, whose time grows with the length of the name alone; the ``re`` of Python may
take for ever. Where RE2 means something else than Python, the expression is brought to Python's
meaning or refused: to RE2 ``\w`` is a letter of English, so that it would find ``ller`` in
``Müller``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from anascope.errors import InputError, one_line, printable

_WHERE = "specimen pattern"
_EXPECTED = "a pattern in the syntax of RE2, without look-around and back references"
_MOST_LETTERS = 1000
_MOST_MEMORY = 8 << 20  # bytes of a compiled expression; RE2 refuses what needs more

# An escape, the start of a class with the ] that may stand first in it, or a repetition from 0.
_PIECE = re.compile(r"\\(?P<escape>.)|(?P<opened>\[\^?\]?)|(?P<closed>\])|\{,(?P<most>\d+)\}", re.S)
# Marks belong to letters: some systems spell ü as u with a mark. Python itself passes them over.
_CLASSES = {"w": r"\p{L}\p{M}\p{N}_", "d": r"\p{Nd}", "s": r"\s\p{Z}"}
_EDGES = "bB"


class NamePattern:
    """An expression with a group that holds the specimen: ``specimen``, else the first.

    Args:
        pattern: The expression, which may match anywhere in a name.

    Raises:
        InputError: if it is none, or has no group.
    """

    def __init__(self, pattern: str) -> None:
        import re2

        found = f"'{printable(pattern)}'"
        if len(pattern) > _MOST_LETTERS:
            raise InputError(_WHERE, f"{len(pattern)} letters", f"at most {_MOST_LETTERS}")
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MOST_MEMORY
        self._edges = False
        try:
            self._expression: Any = re2.compile("".join(self._pieces(pattern)), options)
        except re2.error as error:
            reason = error.args[0] if error.args else ""
            text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
            raise InputError(_WHERE, f"{found} ({one_line(text)})", _EXPECTED) from None
        except UnicodeEncodeError:
            raise InputError(_WHERE, f"{found} (no text)", _EXPECTED) from None
        if self._expression.groups == 0:
            raise InputError(_WHERE, found, "a pattern with a group: (...)")
        self._group = "specimen" if "specimen" in self._expression.groupindex else 1

    def specimen_in(self, name: str) -> str | None:
        """Return what the group finds in a name, or None if that is nothing.

        Raises:
            InputError: if it cannot be told: the name is not of English letters alone, and the
                expression asks where words end.
        """
        if self._edges and not name.isascii():
            expected = r"a pattern without \b and \B, which know English letters alone"
            raise InputError(name, "a name with other letters than English ones", expected)
        match = self._expression.search(name)
        return (match[self._group] or None) if match else None

    def _pieces(self, pattern: str) -> Iterator[str]:
        """Yield the expression piece by piece, as RE2 has to read it to mean what Python means."""
        done, inside = 0, False
        for piece in _PIECE.finditer(pattern):
            if piece.start() < done:
                continue
            yield pattern[done : piece.start()]
            done = piece.end()
            if piece["escape"]:
                yield self._escape(piece["escape"], inside)
            elif piece["most"]:
                yield piece[0] if inside else f"{{0,{piece['most']}}}"
            elif piece["opened"] and inside:  # a bracket in a class is only a bracket
                yield r"\["
                done = piece.start() + 1
            else:
                inside = piece["opened"] is not None
                yield piece[0]
        yield pattern[done:]

    def _escape(self, letter: str, inside: bool) -> str:
        members = _CLASSES.get(letter.lower())
        if members is not None and letter.islower():
            return members if inside else f"[{members}]"
        if members is not None and not inside:
            return f"[^{members}]"
        if letter == "D":
            return r"\P{Nd}"
        if members is not None:
            found = rf"\{letter} in brackets"
            raise InputError(_WHERE, found, rf"\{letter.lower()} in brackets that begin with ^")
        if letter in _EDGES:
            self._edges = self._edges or not inside
        # Python's name for the end; what is called so in RE2 is an error.
        return r"\z" if letter == "Z" and not inside else rf"\{letter}"
