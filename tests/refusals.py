"""What a user is told of a wrong input, by its parts and not as a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from anascope.errors import InputError, one_line


@dataclass(frozen=True)
class Refusal:
    """What an :class:`InputError` must say; ``...`` stands for words of a library.

    Attributes:
        where: What is wrong.
        found: What stands there.
        expected: What should.
    """

    where: str
    found: str
    expected: str

    def inside(self, folder: Path) -> Refusal:
        """Return it with ``{folder}`` as a path."""
        where, found = (one.replace("{folder}", str(folder)) for one in (self.where, self.found))
        return Refusal(where, found, self.expected)

    def fits(self, error: InputError) -> bool:
        """Tell whether an error says this, and in one line."""
        given = (error.where, error.found, error.expected)
        meant = (self.where, self.found, self.expected)
        return all(map(_fits, meant, given)) and self.is_line(str(error))

    def is_line(self, line: str) -> bool:
        """Tell whether a line is that of such an error."""
        return _fits(str(InputError(self.where, self.found, self.expected)), line)


@contextmanager
def refused(where: str | Path, found: str, expected: str) -> Iterator[None]:
    """Require that what is done in the context is refused so."""
    with pytest.raises(InputError) as caught:
        yield
    given = (caught.value.where, caught.value.found, caught.value.expected)
    assert Refusal(str(where), found, expected).fits(caught.value), given


def _fits(pattern: str, text: str) -> bool:
    wanted = re.escape(pattern).replace(r"\.\.\.", ".+")
    return re.fullmatch(wanted, one_line(text)) is not None
