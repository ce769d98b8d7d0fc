"""The decision on a field or a specimen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax

from anascope.decisions._conformal import pattern_set
from anascope.decisions._decision import AND, UNDECIDED, Decision
from anascope.decisions._judgement import Judgement
from anascope.defaults import COVERAGE
from anascope.words import (
    NEGATIVE,
    PATTERN_TREE,
    IntensityScale,
    Pattern,
    PatternSpace,
    pattern_named,
    stained_part,
)

Floats = NDArray[np.floating[Any]]

_TINY = 1e-9  # least probability that takes part in a geometric mean


def decide(
    pattern: Floats | None,
    intensity: Floats | None,
    space: PatternSpace,
    scale: IntensityScale,
    judgement: Judgement,
    *,
    mixture: Floats | None = None,
    chromatin: tuple[float, float] | None = None,
    coverage: float = COVERAGE,
) -> Decision:
    """Return the decision that follows from the logits.

    Args:
        pattern: Logits, (classes,); None if their head learned from no label.
        intensity: Logits of being above each level, (levels - 1,); None likewise.
        space: The classes.
        scale: The levels.
        judgement: How the logits become a decision.
        mixture: Logit of several patterns, (1,); None if the model does not predict it, or its head
            learned from no label.
        chromatin: Numbers of dividing cells whose chromatin is classified as stained, and as
            unstained; None if that is not known. They have a vote if ``judgement`` has their
            weight.
        coverage: How often the set of patterns is to hold the right one.
    """
    probabilities = levels = None
    if pattern is not None:
        logits = np.asarray(pattern, np.float64) / judgement.temperature
        if judgement.chromatin is not None and chromatin is not None:
            logits = logits + judgement.chromatin.logarithms(space, *chromatin)
        probabilities = softmax(logits)
    if intensity is not None:
        over = np.asarray(intensity, np.float64) - (judgement.intensity_border or 0.0)
        levels = _levels(over / judgement.intensity_temperature)
    mixed = None if mixture is None else float(expit(np.asarray(mixture, np.float64)).item())
    return _decided(probabilities, levels, mixed, space, scale, judgement, coverage)


def decide_anew(decision: Decision, judgement: Judgement, coverage: float) -> Decision:
    """Return a decision as it is at another coverage: probabilities stay, the set changes.

    Args:
        decision: What was decided, of a field or a specimen.
        judgement: The judgement of the model that has read it.
        coverage: How often the set of patterns is to hold the right one.
    """
    patterns, intensities = decision.patterns, decision.intensities
    return _decided(
        np.array(list(patterns.values())) if patterns else None,
        np.array(list(intensities.values())) if intensities else None,
        decision.mixed,
        *_classes_of(decision),
        judgement,
        coverage,
    )


def decide_together(decisions: Sequence[Decision], judgement: Judgement) -> Decision:
    """Return the decision on a specimen from those on its fields.

    This is what :func:`decide` returns for the means of the fields' logits: the geometric mean of
    their probabilities, for pattern, intensity and mixture.

    Args:
        decisions: One a field, by one model and for one coverage; at least one.
        judgement: The judgement of that model.

    Raises:
        ValueError: if there is none.
    """
    if not decisions:
        raise ValueError("no field to decide on")
    first = decisions[0]
    space, scale = _classes_of(first)
    probabilities = levels = None
    if space is not None:
        shares = np.array([list(decision.patterns.values()) for decision in decisions])
        probabilities = softmax(np.log(np.maximum(shares, _TINY)).mean(axis=0))
    if scale is not None:
        above = np.array([_above(list(decision.intensities.values())) for decision in decisions])
        levels = _levels(logit(above.clip(_TINY, 1 - _TINY)).mean(axis=0))
    all_mixed = [decision.mixed for decision in decisions if decision.mixed is not None]
    mixed = None
    if all_mixed:
        mixed = float(expit(logit(np.clip(all_mixed, _TINY, 1 - _TINY)).mean()))
    return _decided(probabilities, levels, mixed, space, scale, judgement, first.coverage)


def _classes_of(decision: Decision) -> tuple[PatternSpace | None, IntensityScale | None]:
    """Return the classes and levels that a decision tells of; None where it tells nothing."""
    return (
        PatternSpace(tuple(decision.patterns)) if decision.patterns else None,
        IntensityScale(tuple(decision.intensities)) if decision.intensities else None,
    )


def _decided(
    probabilities: Floats | None,
    levels: Floats | None,
    mixed: float | None,
    space: PatternSpace | None,
    scale: IntensityScale | None,
    judgement: Judgement,
    coverage: float,
) -> Decision:
    """Return the decision; what there is no probability of is left out of it."""
    likeliest: str | None = None
    patterns: dict[str, float] = {}
    called = _Called(None, (), ())
    if space is not None and probabilities is not None:
        likeliest = space.classes[int(probabilities.argmax())]
        patterns = {n: float(p) for n, p in zip(space.classes, probabilities, strict=True)}
        called = _Called(likeliest, (likeliest,), ())
        if judgement.calibrated:
            inside = pattern_set(probabilities, judgement.limits, coverage)
            called = _called(patterns, tuple(space.classes[i] for i in inside), mixed, judgement)
    intensities: dict[str, float] = {}
    if scale is not None and levels is not None:
        intensities = {n: float(p) for n, p in zip(scale.levels, levels, strict=True)}
    codes = [code for name in called.coded for code in pattern_named(name).codes]
    return Decision(
        pattern=called.pattern,
        codes=tuple(sorted(codes, key=lambda code: int(code.removeprefix("AC-")))),
        likeliest=likeliest,
        patterns=patterns,
        families=_families(patterns),
        pattern_set=called.pattern_set,
        coverage=coverage,
        intensity=max(intensities, key=intensities.__getitem__) if intensities else None,
        intensities=intensities,
        calibrated=judgement.calibrated,
        mixed=mixed,
    )


class _Called(NamedTuple):
    """What a serum is called, the patterns whose codes are told, and the set of patterns."""

    pattern: str | None
    coded: tuple[str, ...]
    pattern_set: tuple[str, ...]


def _called(
    patterns: Mapping[str, float],
    names: tuple[str, ...],
    mixed: float | None,
    judgement: Judgement,
) -> _Called:
    """Return what a calibrated model calls a serum.

    Args:
        patterns: Probabilities by class.
        names: The set of patterns, the likeliest first.
        mixed: Probability of several patterns, or None.
        judgement: With the cut-offs.
    """
    others = sorted((name for name in patterns if name != NEGATIVE), key=lambda n: -patterns[n])
    cutoff = judgement.negative_cutoff
    if cutoff is not None and NEGATIVE in patterns:
        if patterns[NEGATIVE] >= cutoff:
            members = names if NEGATIVE in names else (NEGATIVE, *names)
            return _Called(NEGATIVE, (NEGATIVE,), members)
        if names == (NEGATIVE,):
            names = (NEGATIVE, *others[:1])
            return _Called(UNDECIDED, names, names)
    limit = judgement.mixture_cutoff
    is_mixed = limit is not None and mixed is not None and mixed >= limit
    if is_mixed and others and patterns[others[0]] == max(patterns.values()):
        pair = (others[0], *[name for name in others[1:] if _seen_beside(name, others[0])][:1])
        if len(pair) > 1:
            return _Called(AND.join(pair), pair, pair)
    return _Called(_family_of(names) if len(names) > 1 else names[0], names, names)


def _seen_beside(name: str, first: str) -> bool:
    """Tell whether a pattern can be seen beside another one of the same serum."""
    # The second likeliest pattern is often what the first could be taken for.
    part = stained_part(name)
    return part is None or part != stained_part(first)


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
