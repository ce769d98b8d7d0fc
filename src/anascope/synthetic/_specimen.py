"""A specimen: one serum on one culture of cells, under one microscope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anascope.errors import InputError
from anascope.synthetic._titres import Titres
from anascope.synthetic._unspecific import Unspecific
from anascope.synthetic.cells import Habit
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import STAINS, Ranges, Stain
from anascope.words import pattern_named

_STRENGTHS = {"negative": (0.1, 0.45), "intermediate": (0.58, 0.38), "positive": (1.75, 0.45)}
"""Median and log-deviation of the antibody strength among sera of a level."""

_READING = 0.15
"""Log-deviation of a person's reading. With it the levels overlap as those of MIVIA do, where
three of 28 fields are on the other side of the best limit of brightness."""

NEGATIVE_LIMIT = 0.2
"""Strength below which a serum is negative; 1 is the border to positive."""


@dataclass(frozen=True)
class Specimen:
    """What all fields of a specimen share.

    Attributes:
        patterns: Leaves of the pattern tree; the first is the main one.
        intensity: The level that a person read.
        strength: Antibody strength: fluorescence over that on the border between intermediate
            and positive.
        stains: How each pattern looks here, with its share of the light.
        habit: How the cells grow.
        background: Grey levels where no cell is.
        gain: Electrons for each grey level, relative to the usual number: more means less noise.
        microscope: The microscope.
        unspecific: Light that no antibody gives, if any is visible.
    """

    patterns: tuple[str, ...]
    intensity: str
    strength: float
    stains: tuple[tuple[Stain, float], ...]
    habit: Habit
    background: float
    gain: float
    microscope: Microscope
    unspecific: Unspecific | None = None

    @property
    def outline_um(self) -> float:
        """How far outside a nucleus its outline is drawn, which depends on the main pattern."""
        return self.stains[0][0].outline_um

    @property
    def whole_cell(self) -> bool:
        """Whether the mask shows whole cells, because the main pattern is in the cytoplasm."""
        return self.stains[0][0].whole_cell


def draw_specimen(
    rng: np.random.Generator,
    pattern: str | Sequence[str],
    intensity: str,
    microscope: Microscope,
    stains: Mapping[str, Ranges] | None = None,
    titres: Titres | None = None,
) -> Specimen:
    """Draw a specimen.

    Args:
        rng: Where chance comes from.
        pattern: What the serum's antibodies stain, in any spelling of the pattern tree. A family
            stands for one of its leaves that can be drawn, by chance; several are mixed.
        intensity: ``negative``, ``intermediate`` or ``positive``, as a person reads it: the
            strength is drawn such that a reading with its usual error gives that.
        microscope: The microscope.
        stains: Ranges of the values of stains, by leaf, that differ from those of the package.
        titres: How bright the further patterns of a mixture are; weaker than the first if None.

    Raises:
        InputError: if there is no such pattern or intensity.
    """
    wanted = [pattern] if isinstance(pattern, str) else list(pattern)
    leaves = tuple(dict.fromkeys(_leaf(rng, name) for name in wanted))
    if intensity not in _STRENGTHS:
        raise InputError("specimen", f"intensity '{intensity}'", f"one of {', '.join(_STRENGTHS)}")
    shares = [1.0, *((titres or Titres()).draw(rng) for _ in leaves[1:])]
    low, high = np.log(microscope.background)
    return Specimen(
        patterns=leaves,
        intensity=intensity,
        strength=_strength(rng, intensity),
        stains=tuple(
            (STAINS[leaf].draw(rng, (stains or {}).get(leaf)), share)
            for leaf, share in zip(leaves, shares, strict=True)
        ),
        habit=_habit(rng, microscope, leaves),
        background=float(np.exp(rng.uniform(low, high))),
        gain=float(np.exp(rng.normal(0, microscope.gain_spread))),
        microscope=microscope,
        unspecific=Unspecific.draw(rng, microscope),
    )


def level_of(strength: float) -> str:
    """Return the intensity level of a strength that is read without error.

    >>> [level_of(strength) for strength in (0.1, 0.5, 1.5)]
    ['negative', 'intermediate', 'positive']
    """
    if strength < NEGATIVE_LIMIT:
        return "negative"
    return "intermediate" if strength < 1 else "positive"


def drawable(pattern: str) -> tuple[str, ...]:
    """Return the leaves under ``pattern`` that can be drawn, in the order of the ICAP codes.

    >>> drawable("nucleolar")
    ('homogeneous nucleolar', 'clumpy nucleolar', 'punctate nucleolar')

    Raises:
        InputError: if there is no such pattern.
    """
    names = {leaf.name for leaf in pattern_named(pattern).leaves}
    return tuple(leaf for leaf in STAINS if leaf in names)


def _leaf(rng: np.random.Generator, pattern: str) -> str:
    known = drawable(pattern)
    if len(known) == 1:
        return known[0]
    frequency = np.array([STAINS[leaf].frequency for leaf in known])
    return str(rng.choice(known, p=frequency / frequency.sum()))


def _habit(rng: np.random.Generator, microscope: Microscope, leaves: Sequence[str]) -> Habit:
    habit = Habit.draw(rng, microscope)
    least = max(STAINS[leaf].least_mitotic for leaf in leaves)
    return replace(habit, mitotic=max(habit.mitotic, least))


def _strength(rng: np.random.Generator, intensity: str) -> float:
    median, spread = _STRENGTHS[intensity]
    while True:
        strength = median * float(np.exp(rng.normal(0, spread)))
        if level_of(strength * float(np.exp(rng.normal(0, _READING)))) == intensity:
            return strength
