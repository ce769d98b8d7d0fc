"""Fluorescence intensity levels, which are ordered: negative < intermediate < positive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anascope.errors import InputError, did_you_mean

_LEVELS = ("negative", "intermediate", "positive")
_ALIASES = {"neg": "negative", "weak": "intermediate", "int": "intermediate", "pos": "positive"}


def intensity_levels() -> tuple[str, ...]:
    """Return the levels from dark to bright."""
    return _LEVELS


def intensity_named(label: str, *, where: str = "intensity") -> str:
    """Return the level that ``label`` names; case and surrounding blanks do not matter.

    Raises:
        InputError: if nothing has that name; the message names the nearest known one.
    """
    key = label.strip().lower()
    level = _ALIASES.get(key, key)
    if level not in _LEVELS:
        raise InputError(
            where, f"unknown intensity '{label.strip()}'", did_you_mean(label, _LEVELS)
        )
    return level


@dataclass(frozen=True)
class IntensityScale:
    """The ordered levels that a network distinguishes.

    ``K`` levels have ``K - 1`` outputs, the probabilities that the intensity is *above* level 0,
    above level 1, and so on. With the two levels of the published study this is its single binary
    output: the probability of "positive".

    >>> IntensityScale(("intermediate", "positive")).above("positive")
    (True,)
    """

    levels: tuple[str, ...] = ("intermediate", "positive")

    def __post_init__(self) -> None:
        ordered = tuple(level for level in _LEVELS if level in self.levels)
        if len(self.levels) < 2 or self.levels != ordered:
            raise InputError(
                "intensity levels",
                f"found {', '.join(self.levels) or 'none'}",
                "at least two of negative, intermediate, positive, in this order",
            )

    @classmethod
    def covering(cls, labels: Iterable[str]) -> IntensityScale:
        """Return the levels that ``labels`` name, or the study's two if they name fewer."""
        present = {intensity_named(label) for label in labels}
        levels = tuple(level for level in _LEVELS if level in present)
        return cls(levels) if len(levels) > 1 else cls()

    @property
    def outputs(self) -> int:
        """Number of network outputs: one fewer than levels."""
        return len(self.levels) - 1

    def above(self, label: str) -> tuple[bool, ...]:
        """Return, for each output, whether ``label`` is above its level.

        Raises:
            InputError: if the level is not one of this scale.
        """
        level = intensity_named(label)
        if level not in self.levels:
            raise InputError(
                f"intensity '{label}'",
                "is not a level of the network",
                f"one of {', '.join(self.levels)}",
            )
        rank = self.levels.index(level)
        return tuple(rank > i for i in range(self.outputs))
