"""What a patient who is drawn may be labelled with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from anascope.errors import InputError
from anascope.words import intensity_named, pattern_named

Label = tuple[str, str]
"""What a patient is labelled with: patterns, several joined by ``+``, and an intensity."""

NEGATIVE = "negative"
"""The pattern of a serum without antibodies, and the only intensity that it has."""


def patterns_named(texts: Iterable[str]) -> list[str]:
    """Return patterns, ``a+b`` for mixed ones, with the names of the pattern tree.

    Raises:
        InputError: if there are none, or one is not known or is named twice.
    """
    return _once("patterns", [_mixed_named(text) for text in texts])


def intensities_named(texts: Iterable[str]) -> list[str]:
    """Return the names of intensity levels.

    Raises:
        InputError: if there are none, or one is not known or is named twice.
    """
    return _once("intensities", [intensity_named(text, where="intensities") for text in texts])


def _mixed_named(text: str) -> str:
    names = [pattern_named(spelling, where="patterns").name for spelling in text.split("+")]
    if NEGATIVE in names and len(names) > 1:
        raise InputError("patterns", f"'{text}'", "'negative' alone")
    return "+".join(_once("patterns", names))


def _once(argument: str, names: Sequence[str]) -> list[str]:
    if not names:
        raise InputError(argument, "nothing", "at least one")
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(argument, f"'{name}' {count} times", "each once")
    return list(names)
