"""Sera that show several patterns at once: how their labels are written, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from anascope.errors import InputError
from anascope.records import PLUS
from anascope.words._patterns import all_patterns, pattern_named

MOST_PATTERNS = 4
"""How many patterns the label of a serum may name."""

NEGATIVE = "negative"
"""The pattern of a serum without antibodies (AC-0), which cannot be combined with another."""


def patterns_in(label: str) -> tuple[str, ...]:
    """Return the patterns that a label of ours names, the main one first.

    >>> patterns_in("homogeneous+centromere")
    ('homogeneous', 'centromere')
    """
    return tuple(label.split(PLUS))


def serum_named(label: str, *, where: str = "pattern") -> tuple[str, ...]:
    """Return the names of the patterns of a serum, from a label in any spelling.

    Args:
        label: One pattern, or several with ``+`` between them, the main one first.
        where: The source to name in the error message (file and row).

    Raises:
        InputError: if one is not known, there are too many, one lies within another, or
            ``negative`` is one of several.

    >>> serum_named("AC-1 + centromeric")
    ('homogeneous', 'centromere')
    """
    found = f"'{label.strip()}'"
    spellings = label.split(PLUS)
    if len(spellings) > MOST_PATTERNS:
        raise InputError(where, f"{found} of {len(spellings)} patterns", f"up to {MOST_PATTERNS}")
    nodes = [pattern_named(spelling, where=where) for spelling in spellings]
    for node, other in combinations(nodes, 2):
        if NEGATIVE in (node.name, other.name):
            raise InputError(where, found, f"'{NEGATIVE}' alone")
        if node.leaves & other.leaves:
            twice = f"{found}, of which '{node.name}' and '{other.name}' may be one pattern"
            raise InputError(where, twice, "patterns that exclude each other")
    return tuple(node.name for node in nodes)


def label_of(patterns: Sequence[str]) -> str | None:
    """Return the label that names these patterns; None if there is none."""
    return PLUS.join(patterns) or None


def in_tree_order(labels: Iterable[str]) -> list[str]:
    """Return labels of sera in the order of the pattern tree, those of several patterns last.

    >>> in_tree_order({"golgi", "golgi+homogeneous", "homogeneous"})
    ['homogeneous', 'golgi', 'golgi+homogeneous']
    """
    rank = {node.name: number for number, node in enumerate(all_patterns())}

    def key(label: str) -> tuple[int, list[int]]:
        names = patterns_in(label)
        return len(names), [rank[name] for name in names]

    return sorted(labels, key=key)
