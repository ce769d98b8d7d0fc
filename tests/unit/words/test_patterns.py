"""The pattern tree and the many spellings of its nodes."""

from __future__ import annotations

import pytest

from anascope.errors import InputError
from anascope.words import PATTERN_TREE, all_patterns, pattern_named


def test_every_icap_code_stands_on_one_leaf() -> None:
    codes = [node.code for node in all_patterns() if node.code is not None]
    assert sorted(codes) == sorted(f"AC-{number}" for number in range(32))
    assert all(not node.children for node in all_patterns() if node.code is not None)
    assert all(node.code for node in PATTERN_TREE.leaves)


def test_a_family_stains_chromatin_if_all_its_leaves_do() -> None:
    assert pattern_named("homogeneous").stains_chromatin is True
    assert pattern_named("coarse speckled").stains_chromatin is False
    assert pattern_named("nuclear envelope").stains_chromatin is False
    for family in ("speckled", "nucleolar", "any"):
        assert pattern_named(family).stains_chromatin is None


def test_every_node_answers_to_its_name_code_and_aliases() -> None:
    for node in all_patterns():
        for spelling in (node.name, node.code, *node.aliases):
            if spelling is not None:
                assert pattern_named(spelling) is node
                assert pattern_named(f" {spelling.upper()}  ") is node
                assert pattern_named(spelling.replace(" ", "_")) is node


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Homogeneous", "homogeneous"),
        ("NuMem", "nuclear envelope"),
        ("numem ", "nuclear envelope"),
        ("mitsp", "mitotic spindle"),
        ("mistp ", "mitotic spindle"),
        ("mitosp", "mitotic spindle"),
        ("Golgi", "golgi"),
        ("centromeric", "centromere"),
        ("coarse_speckled", "coarse speckled"),
        ("cytoplasmatic", "cytoplasmic"),
        ("ac-4", "fine speckled"),
        ("AC-4a", "myriad discrete fine speckled"),
        ("AC-30", "fine speckled with mitotic plate"),
        ("AC-31", "myriad discrete fine speckled"),
    ],
)
def test_spellings_of_the_public_sets(label: str, name: str) -> None:
    assert pattern_named(label).name == name


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("homogeneous", ("AC-1",)),
        ("speckled", ("AC-2", "AC-4", "AC-5", "AC-29", "AC-30", "AC-31")),
        ("nucleolar", ("AC-8", "AC-9", "AC-10")),
        ("nuclear envelope", ("AC-11", "AC-12")),
        ("mitotic spindle", ("AC-25", "AC-26")),
    ],
)
def test_a_label_means_the_leaves_under_it(label: str, codes: tuple[str, ...]) -> None:
    assert pattern_named(label).codes == codes


def test_nodes_are_nested_or_apart() -> None:
    for one in all_patterns():
        for other in all_patterns():
            shared = one.leaves & other.leaves
            assert shared in (frozenset(), one.leaves, other.leaves)


def test_an_unknown_pattern_names_place_and_nearest() -> None:
    with pytest.raises(InputError) as refused:
        pattern_named("homogenous ", where="labels.csv, row 7")
    message = str(refused.value)
    assert message.startswith("labels.csv, row 7: unknown pattern 'homogenous'; expected one of ")
    assert "(did you mean 'homogeneous'?)" in message


def test_nothing_near_is_not_guessed() -> None:
    with pytest.raises(InputError) as refused:
        pattern_named("qqqq")
    assert "did you mean" not in str(refused.value)
