"""ANA staining patterns as one tree, with the codes of the ICAP consensus.

A pattern is a node of the tree. Its meaning is the *set of leaves* under it: a laboratory
that says "speckled" says that one of the speckled leaves is there and not which. The names,
codes and families follow the International Consensus on ANA Patterns (Chan et al., Frontiers
in Immunology 6:412, 2015; clinical relevance: Damoiseaux et al., Annals of the Rheumatic
Diseases 78:879, 2019). AC-29 has a definition of its own (Andrade et al., Clinical Chemistry and
Laboratory Medicine 56:1783, 2018); AC-30 and AC-31, which was AC-4a before, came with the seventh
workshop (Andrade et al., Autoimmunity Reviews 23:103608, 2024).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from anascope.errors import InputError, did_you_mean


@dataclass(frozen=True, eq=False)
class Pattern:
    """A node of the pattern tree.

    Attributes:
        name: The name used everywhere in anascope.
        code: The ICAP code of a leaf (``AC-1``), or None for a family.
        aliases: Other spellings that public sets and laboratories use, lower case.
        children: The patterns that this one is made of; empty for a leaf.
        stains_chromatin: Whether the condensed chromatin of dividing cells is bright, as experts
            read it (ICAP; all dividing cells that MIVIA lists). None if only its surface or spots
            in it are bright, or if the leaves of a family differ.
    """

    name: str
    code: str | None = None
    aliases: tuple[str, ...] = ()
    children: tuple[Pattern, ...] = field(default=(), repr=False)
    stains_chromatin: bool | None = False

    @property
    def leaves(self) -> frozenset[Pattern]:
        """The leaves under this node (the node itself if it is a leaf)."""
        return frozenset(node for node in self.walk() if not node.children)

    @property
    def codes(self) -> tuple[str, ...]:
        """The ICAP codes of the leaves, in the order of their numbers."""
        codes = [leaf.code for leaf in self.leaves if leaf.code]
        return tuple(sorted(codes, key=lambda code: int(code.removeprefix("AC-"))))

    def walk(self) -> Iterator[Pattern]:
        """Yield this node and every node under it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def _leaf(number: int, name: str, *aliases: str, chromatin: bool | None = False) -> Pattern:
    return Pattern(name, f"AC-{number}", aliases, stains_chromatin=chromatin)


def _family(name: str, *children: Pattern, aliases: tuple[str, ...] = ()) -> Pattern:
    kinds = {child.stains_chromatin for child in children}
    chromatin = kinds.pop() if len(kinds) == 1 else None
    return Pattern(name, None, aliases, children, chromatin)


PATTERN_TREE = _family(
    "any",
    _leaf(0, "negative", "neg"),
    _family(
        "nuclear",
        _leaf(1, "homogeneous", "hom", "diffuse", chromatin=True),
        _family(
            "speckled",
            _leaf(2, "dense fine speckled", "dfs", "dfs70", chromatin=True),
            _leaf(4, "fine speckled", "fine granular"),
            _leaf(5, "coarse speckled", "large speckled", "large coarse speckled"),
            _leaf(29, "topo i-like", "topoisomerase i", chromatin=True),
            _leaf(
                30,
                "fine speckled with mitotic plate",
                "speckled with mitotic plate",
                chromatin=True,
            ),
            _leaf(31, "myriad discrete fine speckled", "myriad discrete speckled", "ac-4a"),
            aliases=("granular", "spe"),
        ),
        _leaf(3, "centromere", "centromeric", "cen", chromatin=True),
        _family(
            "nuclear dots",
            _leaf(6, "multiple nuclear dots"),
            _leaf(7, "few nuclear dots"),
            aliases=("discrete nuclear dots",),
        ),
        _family(
            "nucleolar",
            _leaf(8, "homogeneous nucleolar"),
            _leaf(9, "clumpy nucleolar", chromatin=None),
            _leaf(10, "punctate nucleolar", chromatin=None),
            aliases=("nuc",),
        ),
        _family(
            "nuclear envelope",
            _leaf(11, "smooth nuclear envelope"),
            _leaf(12, "punctate nuclear envelope"),
            aliases=("nuclear membrane", "numem", "nucmem"),
        ),
        _family(
            "pleomorphic",
            _leaf(13, "pcna-like", "pcna"),
            _leaf(14, "cenp-f-like", "cenp-f", chromatin=None),
        ),
    ),
    _family(
        "cytoplasmic",
        _family(
            "cytoplasmic fibrillar",
            _leaf(15, "cytoplasmic fibrillar linear", "actin"),
            _leaf(16, "cytoplasmic fibrillar filamentous", "filamentous"),
            _leaf(17, "cytoplasmic fibrillar segmental", "segmental"),
        ),
        _family(
            "cytoplasmic speckled",
            _leaf(18, "cytoplasmic discrete dots", "gw bodies"),
            _leaf(19, "cytoplasmic dense fine speckled"),
            _leaf(20, "cytoplasmic fine speckled"),
        ),
        _leaf(21, "mitochondrial", "reticular", "ama"),
        _leaf(22, "golgi", "polar", "golgi-like"),
        _leaf(23, "rods and rings"),
        aliases=("cytoplasmatic",),
    ),
    _family(
        "mitotic",
        _leaf(24, "centrosome", "centriole"),
        _family(
            "mitotic spindle",
            _leaf(25, "spindle fibers", "spindle fibres"),
            _leaf(26, "numa-like", "numa"),
            aliases=("mitsp", "mistp", "mistsp", "mitosp", "mitotic spindles", "spindle"),
        ),
        _leaf(27, "intercellular bridge", "midbody"),
        _leaf(28, "mitotic chromosomal", "chromosomal coat", chromatin=True),
    ),
)


def all_patterns() -> tuple[Pattern, ...]:
    """Return every node of the tree, parents before children."""
    return tuple(PATTERN_TREE.walk())


def pattern_named(label: str, *, where: str = "pattern") -> Pattern:
    """Return the pattern that ``label`` names: a name, an alias or an ICAP code.

    Case, surrounding blanks, underscores and repeated blanks do not matter.

    Args:
        label: The spelling to look up, such as ``"Coarse_Speckled"``, ``"numem "`` or ``"AC-5"``.
        where: The source to name in the error message (file and row).

    Raises:
        InputError: if nothing has that name; the message names the nearest known one.
    """
    pattern = _by_spelling().get(_normal(label))
    if pattern is None:
        names = [node.name for node in all_patterns() if node is not PATTERN_TREE]
        raise InputError(where, f"unknown pattern '{label.strip()}'", did_you_mean(label, names))
    return pattern


def _normal(label: str) -> str:
    return " ".join(label.lower().replace("_", " ").split())


@cache
def _by_spelling() -> dict[str, Pattern]:
    spellings: dict[str, Pattern] = {}
    for node in all_patterns():
        for spelling in (node.name, node.code, *node.aliases):
            if spelling is None:
                continue
            key = _normal(spelling)
            if spellings.setdefault(key, node) is not node:
                raise ValueError(f"two patterns share the spelling {key!r}")
    return spellings
