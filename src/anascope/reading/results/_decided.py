"""What is decided of a field or a specimen, in words."""

from __future__ import annotations

from collections.abc import Mapping

from anascope.decisions import NOT_CALIBRATED
from anascope.reading import (
    NOT_EVALUABLE,
    UNDECIDED,
    Decision,
    Evaluability,
    QualityFlag,
    WhyNot,
)
from anascope.reading.results._percent import percent

NO_ANSWER = "–"
"""Replaces the answer of a head that learned from no label."""


def pattern_word(decision: Decision | None) -> str:
    """Return the words for the pattern: the pattern, or why there is none."""
    return NOT_EVALUABLE if decision is None else decision.pattern or NO_ANSWER


def intensity_word(decision: Decision | None) -> str:
    """Return the word for the intensity: the level, or that there is none."""
    return NO_ANSWER if decision is None else decision.intensity or NO_ANSWER


def said_of(decision: Decision | None) -> str:
    """Return pattern, probability and intensity in one line."""
    if decision is None:
        return NOT_EVALUABLE
    words = pattern_word(decision)
    if decision.pattern == UNDECIDED:
        words = f"{UNDECIDED}: {', '.join(decision.pattern_set)}"
    elif decision.probability is not None:
        of = "several patterns " if len(decision.present) > 1 else ""
        words += f" ({', '.join(decision.codes)}), {of}{percent(decision.probability)}"
        words += "" if decision.calibrated else f", {NOT_CALIBRATED}"
    return f"{words}; {intensity_word(decision)}"


def why_not_of(evaluability: Evaluability) -> str:
    """Return why a field is not evaluable, with what was measured; "" if it is."""
    if evaluability.reason is None:
        return ""
    numbers = [
        f"{words}{value:.3g} {evaluability.unit}".rstrip()
        for words, value in (("", evaluability.value), ("limit ", evaluability.limit))
        if value is not None
    ]
    measured = f" ({', '.join(numbers)})" if numbers else ""
    return f"{evaluability.reason.value}{measured}"


def flag_line(flag: QualityFlag) -> str:
    """Return a quality flag in one line: its name, value with limit, and advice."""
    numbers = [
        f"{words}{value:.3g} {flag.unit}".rstrip()
        for words, value in (("", flag.value), ("limit ", flag.limit))
        if value == value
    ]
    measured = f" ({', '.join(numbers)})" if numbers else ""
    return f"{flag.flag.value}{measured}. {flag.advice}"


def why_not_lines(reasons: Mapping[str, WhyNot]) -> list[str]:
    """Return why fields of a specimen are not evaluable, a line a field."""
    return [f"{field}: {reason.value}" for field, reason in reasons.items()]
