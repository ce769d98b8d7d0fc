"""Probabilities as bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anascope.reading import Decision
from anascope.reading.results import percent

_MOST = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A probability.

    Attributes:
        name: Of what.
        share: 0 to 1.
        percent: The same in words.
        within: Whether it is in the set of patterns.
    """

    name: str
    share: float
    percent: str
    within: bool


def bars_of(decision: Decision | None) -> list[tuple[str, list[Bar]]]:
    """Return the probabilities of a decision, with a title for each kind; none if there is none."""
    if decision is None:
        return []
    kinds = (
        ("Patterns", _likeliest(decision.patterns, decision.pattern_set)),
        ("Families", _likeliest(decision.families)),
        ("Intensity", [_bar(*item) for item in decision.intensities.items()]),
    )
    return [(title, bars) for title, bars in kinds if bars]


def _likeliest(shares: Mapping[str, float], within: tuple[str, ...] = ()) -> list[Bar]:
    ordered = sorted(shares.items(), key=lambda item: -item[1])[:_MOST]
    return [_bar(name, share, name in within) for name, share in ordered]


def _bar(name: str, share: float, within: bool = False) -> Bar:
    return Bar(name, round(share, 4), percent(share), within)
