"""Flat choices of classes, and labels as sets of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.errors import InputError
from anascope.words import PATTERN_TREE, PatternSpace, all_patterns, pattern_named

NAMES = [node.name for node in all_patterns() if node is not PATTERN_TREE]
STUDY = (
    "homogeneous",
    "speckled",
    "centromere",
    "nucleolar",
    "nuclear envelope",
    "golgi",
    "mitotic spindle",
)


def test_the_studys_classes_are_one_choice() -> None:
    space = PatternSpace.covering(STUDY)
    assert set(space.classes) == set(STUDY)
    assert len(space) == 7
    assert all(sum(space.allowed(name)) == 1 for name in STUDY)
    assert [space.classes[space.index(name) or 0] for name in STUDY] == list(STUDY)


def test_a_coarse_label_allows_its_members() -> None:
    space = PatternSpace(("homogeneous", "fine speckled", "coarse speckled"))
    assert space.allowed("speckled") == (False, True, True)
    assert space.index("speckled") is None
    assert space.index("AC-5") == 2


def test_a_finer_label_within_a_class_is_that_class() -> None:
    assert PatternSpace(("nucleolar", "speckled")).index("clumpy nucleolar") == 0


def test_a_coarse_label_beside_a_finer_one_is_split() -> None:
    space = PatternSpace.covering(["nuclear envelope", "smooth nuclear envelope"])
    assert space.classes == ("smooth nuclear envelope", "punctate nuclear envelope")
    assert space.allowed("nuclear envelope") == (True, True)


def test_classes_must_not_share_a_leaf() -> None:
    with pytest.raises(InputError, match="shares AC-4 with class 'speckled'; expected classes"):
        PatternSpace(("speckled", "fine speckled"))


def test_a_label_without_a_class_is_refused() -> None:
    with pytest.raises(InputError, match="has no leaf among the classes of the network"):
        PatternSpace(("homogeneous",)).allowed("golgi")


@given(labels=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6))
def test_a_covering_space_tells_every_label_exactly(labels: list[str]) -> None:
    space = PatternSpace.covering(labels)
    for label in labels:
        allowed = [name for name, ok in zip(space.classes, space.allowed(label), strict=True) if ok]
        leaves = frozenset().union(*(pattern_named(name).leaves for name in allowed))
        assert leaves == pattern_named(label).leaves
    assert PatternSpace.covering(reversed(labels)) == space
