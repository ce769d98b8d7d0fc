"""What is drawn for the networks to learn from."""

from __future__ import annotations

from collections import Counter

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
    labels = lessons(200, 5, mixed=1).labels
    mixed = [pattern.split(PLUS) for pattern, _ in labels if PLUS in pattern]
    assert 0.1 < len(mixed) / len(labels) < 0.2
    assert all(len(set(pair)) == 2 and set(pair) <= set(STAINS) - {NEGATIVE} for pair in mixed)
    assert {pattern for pattern, _ in labels if PLUS not in pattern} == set(STAINS)


def test_rare_patterns_are_drawn_as_often_as_is_asked_and_common_ones_stay() -> None:
    """A lesson has 84 patients with one pattern; 4 for each rare one make it 141."""
    usual = Counter(pattern for pattern, _ in lessons(84, 5).labels)
    more = Counter(pattern for pattern, _ in lessons(141, 5, least=4).labels)
    assert min(usual.values()) == 1
    assert more == {pattern: max(count, 4) for pattern, count in usual.items()}
