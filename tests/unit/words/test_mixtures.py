"""Labels of sera that show several patterns."""

from __future__ import annotations

import pytest

from anascope.errors import InputError
from anascope.words import in_tree_order, label_of, patterns_in, serum_named


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("golgi", ("golgi",)),
        (" AC-1 + Centromeric", ("homogeneous", "centromere")),
        ("speckled+nucleolar+golgi", ("speckled", "nucleolar", "golgi")),
        ("fine speckled+coarse_speckled", ("fine speckled", "coarse speckled")),
    ],
)
def test_any_spelling_of_each_pattern(label: str, names: tuple[str, ...]) -> None:
    assert serum_named(label) == names
    joined = label_of(names)
    assert joined is not None
    assert patterns_in(joined) == names


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("golgi+", "row 3: unknown pattern ''"),
        ("golgi+glogi", "row 3: unknown pattern 'glogi'; expected .*golgi"),
        ("golgi+polar", "row 3: .* 'golgi' and 'golgi' may be one pattern"),
        ("speckled+fine speckled", "row 3: .* may be one pattern; expected patterns that exclude"),
        ("negative+golgi", "row 3: 'negative.golgi'; expected 'negative' alone"),
        ("AC-1+AC-3+AC-8+AC-21+AC-22", "row 3: .* of 5 patterns; expected up to 4"),
    ],
)
def test_what_no_serum_shows_is_refused_in_a_line(label: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        serum_named(label, where="row 3")


def test_no_pattern_has_no_label() -> None:
    assert label_of(()) is None


def test_the_order_is_that_of_the_tree_and_then_of_mixed_ones() -> None:
    labels = {"golgi", "golgi+centromere", "homogeneous+golgi", "negative"}
    ordered = ["negative", "golgi", "homogeneous+golgi", "golgi+centromere"]
    assert in_tree_order(labels) == ordered
