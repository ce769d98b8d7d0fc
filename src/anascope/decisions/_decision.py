"""What is decided of a field or a specimen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints, WithJsonSchema

from anascope.words import pattern_named

Code = Annotated[str, StringConstraints(pattern="^AC-[0-9]+$")]
Probability = Annotated[
    # The bounds are not checked: a sum of probabilities may be over 1 by rounding.
    float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]

AND = " + "
"""Stands between the two patterns that a serum is said to show: ``homogeneous + centromere``."""

NOT_CALIBRATED = "not calibrated"
"""Stands beside every answer of a model whose answers nobody has measured on held-out patients."""

UNDECIDED = "undecided"
"""Stands for a pattern where the set of possible ones is neither one pattern nor in one family."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided of a field or a specimen.

    Attributes:
        pattern: The pattern: the only one in the set, or the smallest family of the pattern tree
            that holds the set (``nucleolar``), though none of the top ones (nuclear, cytoplasmic,
            ...); else ``undecided``. Of a model that is not calibrated, the likeliest. None if the
            model's pattern head learned from no label; then all that is of patterns is empty.
            ``negative`` where its probability reaches the cut-off of the judgement, and, if there
            is one, nowhere else. ``homogeneous + centromere``, the likelier first, where that of
            several patterns reaches its cut-off: the two likeliest patterns, unless ``negative`` is
            the likeliest of all.
        codes: ICAP codes of the patterns in the set, or, without a set, of the likeliest; of
            ``negative`` and of two patterns theirs alone.
        likeliest: The likeliest pattern, whatever is decided, or None.
        patterns: Calibrated probabilities by class of the network; they sum to 1.
        families: The same summed by family of the pattern tree (nuclear, cytoplasmic, ...).
        pattern_set: The patterns that hold the right one of a serum of one pattern with the stated
            coverage; none where the model is not calibrated, for nobody has measured how often they
            would. A cut-off of ``negative`` takes nothing out of it: it adds ``negative`` where
            that is decided, and beside ``negative`` alone, where that is not decided, the likeliest
            other pattern. Of a serum that is said to show two patterns these two, of which the
            coverage says nothing.
        coverage: That coverage, such as 0.9.
        intensity: The intensity level, or None if the model's intensity head learned from no label.
        intensities: Probabilities by level; they sum to 1, or there is none.
        calibrated: Whether probabilities and set were measured on held-out patients.
        mixed: Probability that the serum shows several patterns, or None if the model does not
            tell; it is as the network says it, and what is decided is decided by the cut-off.
    """

    pattern: str | None
    codes: tuple[Code, ...]
    likeliest: str | None
    patterns: dict[str, Probability]
    families: dict[str, Probability]
    pattern_set: tuple[str, ...]
    coverage: Probability
    intensity: str | None
    intensities: dict[str, Probability]
    calibrated: bool
    mixed: Probability | None = None

    @property
    def present(self) -> tuple[str, ...]:
        """The reported patterns or families: one, two for a mixed serum, or none."""
        if self.pattern is None or self.pattern == UNDECIDED:
            return ()
        return tuple(self.pattern.split(AND))

    @property
    def probability(self) -> float | None:
        """Probability of the decision, or of the most likely pattern if it is undecided.

        For a family it is the sum over its patterns, and for two patterns the probability that
        there are several.
        """
        if self.pattern is None or self.likeliest is None:
            return None
        if len(self.present) > 1:
            return self.mixed
        if self.pattern == UNDECIDED:
            return self.patterns[self.likeliest]
        within = pattern_named(self.pattern).leaves
        return sum(p for name, p in self.patterns.items() if pattern_named(name).leaves <= within)
