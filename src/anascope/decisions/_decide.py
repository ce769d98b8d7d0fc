"""The decision on a field or a specimen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import StringConstraints, WithJsonSchema
from scipy.special import expit, logit, softmax

from anascope.decisions._conformal import pattern_set
from anascope.decisions._judgement import Judgement
from anascope.defaults import COVERAGE
from anascope.words import PATTERN_TREE, IntensityScale, Pattern, PatternSpace, pattern_named

Floats = NDArray[np.floating[Any]]
Code = Annotated[str, StringConstraints(pattern="^AC-[0-9]+$")]
Probability = Annotated[
    # The bounds are not checked: a sum of probabilities may be over 1 by rounding.
    float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]

_TINY = 1e-9  # least probability that takes part in a geometric mean

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
        codes: ICAP codes of the patterns in the set, or, without a set, of the likeliest.
        likeliest: The likeliest pattern, whatever is decided, or None.
        patterns: Calibrated probabilities by class of the network; they sum to 1.
        families: The same summed by family of the pattern tree (nuclear, cytoplasmic, ...).
        pattern_set: The patterns that hold the right one with the stated coverage; none where the
            model is not calibrated, for nobody has measured how often they would.
        coverage: That coverage, such as 0.9.
        intensity: The intensity level, or None if the model's intensity head learned from no label.
        intensities: Probabilities by level; they sum to 1, or there is none.
        calibrated: Whether probabilities and set were measured on held-out patients.
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

    @property
    def probability(self) -> float | None:
        """Of what is decided: of a family the sum over its patterns; else of the likeliest."""
        if self.pattern is None or self.likeliest is None:
            return None
        if self.pattern == UNDECIDED:
            return self.patterns[self.likeliest]
        within = pattern_named(self.pattern).leaves
        return sum(p for name, p in self.patterns.items() if pattern_named(name).leaves <= within)


def decide(
    pattern: Floats | None,
    intensity: Floats | None,
    space: PatternSpace,
    scale: IntensityScale,
    judgement: Judgement,
    *,
    coverage: float = COVERAGE,
) -> Decision:
    """Return the decision that the logits ask for.

    Args:
        pattern: Logits, (classes,); None if they are of a head that learned from no label.
        intensity: Logits of being above each level, (levels - 1,); None likewise.
        space: The classes.
        scale: The levels.
        judgement: How the logits are to be read.
        coverage: How often the set of patterns is to hold the right one.
    """
    probabilities = levels = None
    if pattern is not None:
        probabilities = softmax(np.asarray(pattern, np.float64) / judgement.temperature)
    if intensity is not None:
        levels = _levels(np.asarray(intensity, np.float64) / judgement.intensity_temperature)
    return _decided(probabilities, levels, space, scale, judgement, coverage)


def decide_anew(decision: Decision, judgement: Judgement, coverage: float) -> Decision:
    """Return a decision as it is at another coverage: probabilities stay, the set changes.

    Args:
        decision: What was decided, of a field or a specimen.
        judgement: That of the model that has read it.
        coverage: How often the set of patterns is to hold the right one.
    """
    patterns, intensities = decision.patterns, decision.intensities
    return _decided(
        np.array(list(patterns.values())) if patterns else None,
        np.array(list(intensities.values())) if intensities else None,
        *_classes_of(decision),
        judgement,
        coverage,
    )


def decide_together(decisions: Sequence[Decision], judgement: Judgement) -> Decision:
    """Return the decision on a specimen from those on its fields.

    What :func:`decide` returns for the means of the fields' logits: the geometric mean of their
    probabilities, for pattern and intensity alike.

    Args:
        decisions: One a field, by one model and for one coverage; at least one.
        judgement: That model's.

    Raises:
        ValueError: if there is none.
    """
    if not decisions:
        raise ValueError("no field to decide on")
    first = decisions[0]
    space, scale = _classes_of(first)
    probabilities = levels = None
    if space is not None:
        each = np.array([list(decision.patterns.values()) for decision in decisions])
        probabilities = softmax(np.log(np.maximum(each, _TINY)).mean(axis=0))
    if scale is not None:
        above = np.array([_above(list(decision.intensities.values())) for decision in decisions])
        levels = _levels(logit(above.clip(_TINY, 1 - _TINY)).mean(axis=0))
    return _decided(probabilities, levels, space, scale, judgement, first.coverage)


def _classes_of(decision: Decision) -> tuple[PatternSpace | None, IntensityScale | None]:
    """Return the classes and levels that a decision tells of; None where it tells nothing."""
    return (
        PatternSpace(tuple(decision.patterns)) if decision.patterns else None,
        IntensityScale(tuple(decision.intensities)) if decision.intensities else None,
    )


def _decided(
    probabilities: Floats | None,
    levels: Floats | None,
    space: PatternSpace | None,
    scale: IntensityScale | None,
    judgement: Judgement,
    coverage: float,
) -> Decision:
    """Return the decision; what there is no probability of is left out of it."""
    likeliest: str | None = None
    names: tuple[str, ...] = ()
    patterns: dict[str, float] = {}
    if space is not None and probabilities is not None:
        likeliest = space.classes[int(probabilities.argmax())]
        patterns = {n: float(p) for n, p in zip(space.classes, probabilities, strict=True)}
        if judgement.calibrated:
            inside = pattern_set(probabilities, judgement.limits, coverage)
            names = tuple(space.classes[i] for i in inside)
    intensities: dict[str, float] = {}
    if scale is not None and levels is not None:
        intensities = {n: float(p) for n, p in zip(scale.levels, levels, strict=True)}
    told = names or (() if likeliest is None else (likeliest,))
    codes = [code for name in told for code in pattern_named(name).codes]
    return Decision(
        pattern=_family_of(names) if len(names) > 1 else next(iter(told), None),
        codes=tuple(sorted(codes, key=lambda code: int(code.removeprefix("AC-")))),
        likeliest=likeliest,
        patterns=patterns,
        families=_families(patterns),
        pattern_set=names,
        coverage=coverage,
        intensity=max(intensities, key=intensities.__getitem__) if intensities else None,
        intensities=intensities,
        calibrated=judgement.calibrated,
    )


def _family_of(names: Sequence[str]) -> str:
    """Return the smallest family with all of these, or ``undecided`` if only a top one has."""
    leaves = frozenset[Pattern]().union(*(pattern_named(name).leaves for name in names))
    homes = [
        node
        for top in PATTERN_TREE.children
        for node in top.walk()
        if node is not top and leaves <= node.leaves
    ]
    return min(homes, key=lambda node: len(node.leaves)).name if homes else UNDECIDED


def _above(levels: Sequence[float]) -> Floats:
    """Return the probability of being above each level but the last, from those of the levels."""
    return 1 - np.cumsum(levels)[:-1]


def _levels(logits: Floats) -> Floats:
    """Return the probability of each level from those of being above: (levels,).

    Outputs may cross, being learned apart; a level is never less likely than 0.
    """
    above = np.minimum.accumulate(np.concatenate([[1.0], expit(logits), [0.0]]))
    return above[:-1] - above[1:]


def _families(patterns: Mapping[str, float]) -> dict[str, float]:
    """Return the sums by top family of the pattern tree, a class beside all families by itself."""
    sums: dict[str, float] = {}
    for name, probability in patterns.items():
        leaves = pattern_named(name).leaves
        homes = [node.name for node in PATTERN_TREE.children if leaves <= node.leaves]
        home = homes[0] if homes else name
        sums[home] = sums.get(home, 0.0) + probability
    return sums
