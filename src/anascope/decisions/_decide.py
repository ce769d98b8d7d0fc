"""The decision on a field or a specimen."""

from __future__ import annotations

from collections.abc import Sequence
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
            ...); else ``undecided``. Of a model that is not calibrated, the likeliest.
        codes: ICAP codes of the patterns in the set, or, without a set, of the likeliest.
        likeliest: The likeliest pattern, whatever is decided.
        patterns: Calibrated probabilities by class of the network; they sum to 1.
        families: The same summed by family of the pattern tree (nuclear, cytoplasmic, ...).
        pattern_set: The patterns that hold the right one with the stated coverage; none where the
            model is not calibrated, for nobody has measured how often they would.
        coverage: That coverage, such as 0.9.
        intensity: The intensity level.
        intensities: Probabilities by level; they sum to 1.
        calibrated: Whether probabilities and set were measured on held-out patients.
    """

    pattern: str
    codes: tuple[Code, ...]
    likeliest: str
    patterns: dict[str, Probability]
    families: dict[str, Probability]
    pattern_set: tuple[str, ...]
    coverage: Probability
    intensity: str
    intensities: dict[str, Probability]
    calibrated: bool

    @property
    def probability(self) -> float:
        """Of what is decided: of a family the sum over its patterns; else of the likeliest."""
        if self.pattern == UNDECIDED:
            return self.patterns[self.likeliest]
        within = pattern_named(self.pattern).leaves
        return sum(p for name, p in self.patterns.items() if pattern_named(name).leaves <= within)


def decide(
    pattern: Floats,
    intensity: Floats,
    space: PatternSpace,
    scale: IntensityScale,
    judgement: Judgement,
    *,
    coverage: float = COVERAGE,
) -> Decision:
    """Return the decision that the logits ask for.

    Args:
        pattern: Logits, (classes,).
        intensity: Logits of being above each level, (levels - 1,).
        space: The classes.
        scale: The levels.
        judgement: How the logits are to be read.
        coverage: How often the set of patterns is to hold the right one.
    """
    probabilities = softmax(np.asarray(pattern, np.float64) / judgement.temperature)
    levels = _levels(np.asarray(intensity, np.float64) / judgement.intensity_temperature)
    return _decided(probabilities, levels, space, scale, judgement, coverage)


def decide_anew(decision: Decision, judgement: Judgement, coverage: float) -> Decision:
    """Return a decision as it is at another coverage: probabilities stay, the set changes.

    Args:
        decision: What was decided, of a field or a specimen.
        judgement: That of the model that has read it.
        coverage: How often the set of patterns is to hold the right one.
    """
    return _decided(
        np.array(list(decision.patterns.values())),
        np.array(list(decision.intensities.values())),
        PatternSpace(tuple(decision.patterns)),
        IntensityScale(tuple(decision.intensities)),
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
    space, scale = PatternSpace(tuple(first.patterns)), IntensityScale(tuple(first.intensities))
    probabilities = np.array([list(decision.patterns.values()) for decision in decisions])
    above = np.array([_above(list(decision.intensities.values())) for decision in decisions])
    return _decided(
        softmax(np.log(np.maximum(probabilities, _TINY)).mean(axis=0)),
        _levels(logit(above.clip(_TINY, 1 - _TINY)).mean(axis=0)),
        space,
        scale,
        judgement,
        first.coverage,
    )


def _decided(
    probabilities: Floats,
    levels: Floats,
    space: PatternSpace,
    scale: IntensityScale,
    judgement: Judgement,
    coverage: float,
) -> Decision:
    likeliest = space.classes[int(probabilities.argmax())]
    names: tuple[str, ...] = ()
    if judgement.calibrated:
        inside = pattern_set(probabilities, judgement.limits, coverage)
        names = tuple(space.classes[i] for i in inside)
    codes = [code for name in names or (likeliest,) for code in pattern_named(name).codes]
    return Decision(
        pattern=_family_of(names) if len(names) > 1 else (*names, likeliest)[0],
        codes=tuple(sorted(codes, key=lambda code: int(code.removeprefix("AC-")))),
        likeliest=likeliest,
        patterns={n: float(p) for n, p in zip(space.classes, probabilities, strict=True)},
        families=_families(space, probabilities),
        pattern_set=names,
        coverage=coverage,
        intensity=scale.levels[int(levels.argmax())],
        intensities={n: float(p) for n, p in zip(scale.levels, levels, strict=True)},
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


def _families(space: PatternSpace, probabilities: Floats) -> dict[str, float]:
    """Return the sums by top family of the pattern tree, a class beside all families by itself."""
    sums: dict[str, float] = {}
    for name, probability in zip(space.classes, probabilities, strict=True):
        leaves = pattern_named(name).leaves
        homes = [node.name for node in PATTERN_TREE.children if leaves <= node.leaves]
        home = homes[0] if homes else name
        sums[home] = sums.get(home, 0.0) + float(probability)
    return sums
