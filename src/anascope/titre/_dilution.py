"""Dilutions as laboratories write them."""

from __future__ import annotations

import re
from pathlib import Path

from anascope.errors import InputError

_WRITTEN = re.compile(r"(?:1\s*[:/]\s*)?([0-9]{1,8}(?:\.[0-9]{1,4})?)")
_EXPECTED = "a dilution of 1 or more, such as 1:80 or 80"


def dilution_from(text: str, where: str | Path = "dilution") -> float:
    """Return the dilution that a text names: 80 for ``1:80``, ``1/80`` and ``80``.

    A comma is refused: it may stand between thousands or before a fraction.

    Args:
        text: As it is written.
        where: What to name in messages.

    Raises:
        InputError: if it is no dilution of 1 or more.
    """
    found = _WRITTEN.fullmatch(text.strip())
    factor = float(found[1]) if found else 0.0
    if factor < 1:
        raise InputError(where, f"dilution '{text.strip()}'", _EXPECTED)
    return factor


def dilution_text(factor: float) -> str:
    """Return a dilution as it is written.

    >>> dilution_text(80), dilution_text(12.5), dilution_text(1280.0)
    ('1:80', '1:12.5', '1:1280')
    """
    return f"1:{factor:.12g}"
