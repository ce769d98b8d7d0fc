"""Which part of a cell a pattern stains."""

from __future__ import annotations

from itertools import chain

import pytest

from anascope.errors import InputError
from anascope.words import NEGATIVE, STAINED_PARTS, all_patterns, stained_part


def test_every_leaf_but_negative_stains_one_part() -> None:
    leaves = {node.name for node in all_patterns() if not node.children}
    listed = list(chain.from_iterable(STAINED_PARTS.values()))
    assert len(listed) == len(set(listed))
    assert set(listed) == leaves - {NEGATIVE}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("AC-1", "nucleoplasm"),
        ("pcna", "nucleoplasm"),
        ("AC-3", "nuclear dots"),
        ("nuclear dots", "nuclear dots"),
        ("numem", "nuclear envelope"),
        ("cytoplasmic", "cytoplasm"),
        ("mitotic spindle", "dividing cells"),
        ("mitotic", "dividing cells"),
        ("nuclear", None),
        ("any", None),
        (NEGATIVE, None),
    ],
)
def test_a_family_stains_what_all_of_its_leaves_stain(name: str, part: str | None) -> None:
    assert stained_part(name) == part


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(InputError, match="unknown pattern"):
        stained_part("nucleus")
