"""What a network tells apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from anascope.words._intensities import IntensityScale
from anascope.words._label_space import PatternSpace


@dataclass(frozen=True)
class Vocabulary:
    """The pattern classes and the intensity levels of a network.

    Attributes:
        patterns: Its pattern classes.
        intensities: Its intensity levels.
    """

    patterns: PatternSpace
    intensities: IntensityScale = field(default_factory=IntensityScale)
