"""Which part of a cell a pattern stains first of all."""

from __future__ import annotations

from anascope.words._patterns import pattern_named


def _leaves(*names: str) -> tuple[str, ...]:
    nodes = (node for name in names for node in pattern_named(name).walk())
    return tuple(node.name for node in nodes if not node.children)


STAINED_PARTS = {
    "nucleoplasm": _leaves("homogeneous", "speckled", "pleomorphic"),
    "nuclear dots": _leaves("centromere", "nuclear dots"),
    "nucleoli": _leaves("nucleolar"),
    "nuclear envelope": _leaves("nuclear envelope"),
    "cytoplasm": _leaves("cytoplasmic"),
    "dividing cells": _leaves(
        "numa-like", "spindle fibers", "centrosome", "intercellular bridge", "mitotic chromosomal"
    ),
}
"""The leaves of the pattern tree by the part of a cell that they stain; ``negative`` stains none.

Two patterns of one serum that stain different parts can be seen beside each other. Of two that
stain the same part, one hides the other.
"""

_PART_OF = {leaf: part for part, leaves in STAINED_PARTS.items() for leaf in leaves}


def stained_part(name: str) -> str | None:
    """Return the part of a cell that a pattern stains; None if its leaves stain different ones.

    Args:
        name: Of a leaf or a family of the pattern tree, in any spelling.

    Raises:
        InputError: if there is no such pattern.

    >>> stained_part("speckled"), stained_part("centromere"), stained_part("nuclear")
    ('nucleoplasm', 'nuclear dots', None)
    """
    parts = {_PART_OF.get(leaf.name) for leaf in pattern_named(name).leaves}
    return parts.pop() if len(parts) == 1 else None
