"""Words that pages offer to choose from."""

from __future__ import annotations

from functools import cache

from anascope.desk.worklist import Attention
from anascope.words import NEGATIVE, PATTERN_TREE, Pattern

ATTENTION = {
    Attention.READ_ANEW: "read anew",
    Attention.UNDECIDED: "undecided",
    Attention.FLAGGED: "flagged",
    Attention.NOT_EVALUABLE: "not evaluable",
    Attention.NONE: "nothing special",
    Attention.DONE: "done",
}
"""Why a specimen is to be looked at, in words."""

_STEP = "\u2003"  # a browser keeps this blank at the beginning of a choice


def attention_word(attention: Attention) -> str:
    """Return why a specimen is to be looked at, in words."""
    return ATTENTION[attention]


@cache
def pattern_choices() -> list[tuple[str, str]]:
    """Return name and text of each pattern and family, as the tree has them."""
    return [choice for child in PATTERN_TREE.children for choice in _choices(child, 0)]


def _choices(pattern: Pattern, depth: int) -> list[tuple[str, str]]:
    if pattern.name == NEGATIVE:
        return []
    code = f" ({pattern.code})" if pattern.code else ""
    own = (pattern.name, f"{_STEP * depth}{pattern.name}{code}")
    return [own, *(choice for child in pattern.children for choice in _choices(child, depth + 1))]
