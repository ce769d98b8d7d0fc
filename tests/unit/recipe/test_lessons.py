"""What is drawn for the networks to learn from."""

from __future__ import annotations

from collections import Counter

from anascope.recipe import lessons
from anascope.records import PLUS
from anascope.synthetic import STAINS
from anascope.words import NEGATIVE, serum_named


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


def test_random_pairs_stain_different_things_and_come_beside_the_usual_ones() -> None:
    """A lesson of rare patterns at 4 has 141 patients with one pattern, and 60 with such a pair."""
    labels = [pattern for pattern, _ in lessons(201, 5, least=4, pairs=60).labels]
    pairs = [label.split(PLUS) for label in labels if PLUS in label]
    assert len(pairs) == 60
    assert len({frozenset(pair) for pair in pairs}) > 40
    for label in {label for label in labels if PLUS in label}:
        assert serum_named(label) == tuple(label.split(PLUS))
    textures = {"homogeneous", "fine speckled", "coarse speckled", "topo i-like"}
    assert not any(set(pair) <= textures for pair in pairs)
    assert Counter(label for label in labels if PLUS not in label) == Counter(
        pattern for pattern, _ in lessons(141, 5, least=4).labels
    )


def test_every_pattern_of_a_serum_with_antibodies_has_random_partners() -> None:
    labels = [pattern for pattern, _ in lessons(4000, 5, pairs=1000).labels]
    paired = {name for label in labels if PLUS in label for name in label.split(PLUS)}
    assert paired == set(STAINS) - {NEGATIVE}
