"""Cells as text: one way for HTML, PDF and Markdown, so that they never differ."""

from __future__ import annotations

import math
from typing import NamedTuple, SupportsIndex

from anascope.metrics import Interval
from anascope.report._inline import showable
from anascope.report._table import Cell, is_missing

MISSING = "–"
_WHOLE_FROM = 1e3  # decimals say nothing from here on
_POWERS_FROM = 1e7  # digits can no longer be counted at a glance
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Formatted(NamedTuple):
    """A cell as text: its value and, of an interval, the ends in brackets."""

    value: str
    ends: str = ""

    def __str__(self) -> str:
        return f"{self.value} {self.ends}".rstrip()


def formatted(cell: Cell, digits: int = 3) -> Formatted:
    """Return a cell as text.

    Numbers have ``digits`` decimals; from 1,000 on none; from ten million on, and where decimals
    would show nothing but zeros, three digits and a power of ten. The parts of an interval are
    written alike.

    >>> from anascope.metrics import Interval
    >>> str(formatted(Interval(0.8231, 0.801, 0.845)))
    '0.823 [0.801, 0.845]'
    >>> [str(formatted(value)) for value in (-0.5, 952752.3, 0.00003, 0.0, None)]
    ['−0.500', '952752', '3.00×10⁻⁵', '0.000', '–']
    """
    if isinstance(cell, str):
        return Formatted(" ".join(showable(cell).split()))
    if cell is None or is_missing(cell):
        return Formatted(MISSING)
    if isinstance(cell, Interval):
        bounds = (cell.estimate, cell.low, cell.high)
        # An end that happens to lie near zero does not turn to powers beside its neighbours.
        scale = max((abs(bound) for bound in bounds if math.isfinite(bound)), default=0.0)
        value, low, high = (_number(bound, digits, scale) for bound in bounds)
        return Formatted(value, f"[{low}, {high}]")
    if isinstance(cell, bool):
        return Formatted("yes" if cell else "no")
    if isinstance(cell, SupportsIndex):  # whole numbers of NumPy too
        return Formatted(_minus(str(int(cell))))
    return Formatted(_number(float(cell), digits, abs(float(cell))))


def _number(value: float, digits: int, scale: float) -> str:
    """Return ``value`` in the form that suits numbers of size ``scale``."""
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if scale >= _POWERS_FROM or 0 < scale < 10.0**-digits:
        return _power(value)
    return _minus(f"{value:z.{0 if scale >= _WHOLE_FROM else digits}f}")


def _power(value: float) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{_minus(mantissa)}×10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _minus(text: str) -> str:
    return text.replace("-", "−")
