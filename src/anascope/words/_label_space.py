"""The choice of output classes that a network names patterns with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anascope.errors import InputError
from anascope.words._patterns import Pattern, pattern_named


@dataclass(frozen=True)
class PatternSpace:
    """A flat choice of pattern-tree nodes that share no leaf: the classes of a network.

    A label, coarse or fine, becomes the *set of classes* that it allows (:meth:`allowed`),
    which is what the pattern loss takes.

    Args:
        classes: Names of the classes, in the order of the network's outputs.

    Raises:
        InputError: if a name is unknown or two classes share a leaf.

    >>> space = PatternSpace(("homogeneous", "fine speckled", "coarse speckled"))
    >>> space.allowed("speckled")
    (False, True, True)
    """

    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        class_of: dict[Pattern, str] = {}
        for name in self.classes:
            for leaf in pattern_named(name).leaves:
                if leaf in class_of:
                    raise InputError(
                        f"pattern class '{name}'",
                        f"shares {leaf.code} with class '{class_of[leaf]}'",
                        "classes that have no leaf in common",
                    )
                class_of[leaf] = name

    @classmethod
    def covering(cls, labels: Iterable[str]) -> PatternSpace:
        """Return the smallest space that distinguishes every one of ``labels``.

        If ``labels`` has a label and finer ones within it, the label is split into those and the
        remaining leaves, so that no label means more than it states. The classes keep the order of
        the tree.
        """
        nodes = {pattern_named(label) for label in labels}
        classes: list[Pattern] = []
        for node in nodes:
            finer = [other for other in nodes if other.leaves < node.leaves]
            if not finer:
                classes.append(node)
                continue
            covered = frozenset().union(*(other.leaves for other in finer))
            classes.extend(leaf for leaf in node.leaves - covered)
        unique = {node.name: node for node in classes}
        return cls(tuple(sorted(unique, key=lambda name: _order(unique[name]))))

    def __len__(self) -> int:
        return len(self.classes)

    def index(self, label: str) -> int | None:
        """Return the class that ``label`` names for certain, or None if it allows several."""
        allowed = [i for i, is_allowed in enumerate(self.allowed(label)) if is_allowed]
        return allowed[0] if len(allowed) == 1 else None

    def allowed(self, label: str) -> tuple[bool, ...]:
        """Return, for each class, whether ``label`` leaves it possible.

        Raises:
            InputError: if no class has a leaf of ``label``.
        """
        leaves = pattern_named(label).leaves
        row = tuple(bool(pattern_named(name).leaves & leaves) for name in self.classes)
        if not any(row):
            raise InputError(
                f"pattern '{label}'",
                "has no leaf among the classes of the network",
                f"a label within {', '.join(self.classes)}",
            )
        return row


def _order(node: Pattern) -> int:
    return min(int(code.removeprefix("AC-")) for code in node.codes)
