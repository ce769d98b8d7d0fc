"""Shares in words: one way for pictures, sheets and the page."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share as percent: a decimal near the ends, and never quite none or all.

    >>> [percent(share) for share in (0.873, 0.034, 0.0001, 0.9871, 0.99999)]
    ['87%', '3.4%', '<0.1%', '98.7%', '>99.9%']
    """
    if not share > 0:
        return "0%"
    if share >= 1:
        return "100%"
    if share < 0.0005:
        return "<0.1%"
    if share >= 0.9995:
        return ">99.9%"
    return f"{share:.0%}" if 0.0995 <= share < 0.98 else f"{share:.1%}"
