"""What is drawn for the networks to learn from."""

from __future__ import annotations

from anascope.recipe import lessons
from anascope.records import PLUS
from anascope.synthetic import STAINS
from anascope.words import NEGATIVE


def test_lessons_begin_alike_and_hold_every_pattern() -> None:
    short, long = lessons(60, 5), lessons(190, 5)
    assert long.labels[:60] == short.labels
    named = {pattern for pattern, _ in long.labels}
    assert named == set(STAINS)
    assert all(level == NEGATIVE for pattern, level in long.labels if pattern == NEGATIVE)


def test_mixed_sera_have_two_drawable_patterns_and_none_is_negative() -> None:
    labels = lessons(200, 5, mixed=True).labels
    mixed = [pattern.split(PLUS) for pattern, _ in labels if PLUS in pattern]
    assert 0.1 < len(mixed) / len(labels) < 0.2
    assert all(len(set(pair)) == 2 and set(pair) <= set(STAINS) - {NEGATIVE} for pair in mixed)
    assert {pattern for pattern, _ in labels if PLUS not in pattern} == set(STAINS)
