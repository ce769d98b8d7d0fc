"""What a reader finds of a specimen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from anascope.desk.store import checked_text
from anascope.desk.worklist import ReadSpecimen
from anascope.errors import InputError
from anascope.words import NEGATIVE, PATTERN_TREE, intensity_named, pattern_named, serum_named

MOST_LETTERS = 4000
"""Of a comment."""

_MOST_TITRE = 10_000_000
_MOST_CELLS = 10_000


class Verdict(StrEnum):
    """What kind of finding it is."""

    PATTERNS = "patterns"
    NEGATIVE = "negative"
    NOT_EVALUABLE = "not evaluable"
    REJECTED = "rejected"
    """The slide is to be made anew; such a version is not signed."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that was read wrongly.

    Attributes:
        field: Name of its field.
        cell: Its number in the field's label mask, from 1.
        pattern: What it is; None if it is struck out, as no cell or one that tells nothing.
    """

    field: str
    cell: int
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader finds.

    Attributes:
        verdict: What kind of finding it is.
        patterns: Patterns or families of the ICAP tree, the main one first: some if the verdict is
            ``PATTERNS``, else none.
        intensity: The level, or None if it is not said.
        titre: The last positive dilution as its reciprocal (320 of 1:320), or None.
        comment: What else is to be said.
        cells: Cells that are struck out or given another pattern.
    """

    verdict: Verdict
    patterns: tuple[str, ...] = ()
    intensity: str | None = None
    titre: int | None = None
    comment: str = ""
    cells: tuple[CellChange, ...] = ()

    @property
    def label(self) -> str:
        """What stands on the worklist for the pattern."""
        return " + ".join(self.patterns) or self.verdict.value


def titre_named(text: str) -> int | None:
    """Return the titre that a text names as ``1:320`` or ``320``; None of an empty one.

    Raises:
        InputError: if it names none.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"(?:1\s*[:/]\s*)?([1-9][0-9]{0,7})", text.strip(), re.ASCII)
    if found is None:
        raise InputError("titre", f"'{text.strip()[:20]}'", "a dilution, such as 1:320")
    return _checked_titre(int(found[1]))


def checked_finding(finding: Finding, read: ReadSpecimen | None = None) -> Finding:
    """Return a finding in the words of the vocabulary.

    Args:
        finding: As somebody said it.
        read: What was read of the specimen: whose cells are meant. None if that is not known yet.

    Raises:
        InputError: for the first thing that cannot be so, or does not go together.
    """
    patterns = tuple(_checked_pattern(label) for label in finding.patterns)
    if patterns:
        patterns = serum_named("+".join(patterns))
    intensity = None if finding.intensity is None else intensity_named(finding.intensity)
    found = replace(
        finding,
        verdict=Verdict(finding.verdict),
        patterns=patterns,
        intensity=intensity,
        titre=None if finding.titre is None else _checked_titre(finding.titre),
        comment=checked_text(finding.comment, "comment", most=MOST_LETTERS, lines=True),
        cells=_checked_cells(finding.cells, read),
    )
    _check_together(found)
    return found


def _check_together(finding: Finding) -> None:
    verdict, where = finding.verdict, f"result '{finding.verdict}'"
    if verdict is Verdict.PATTERNS:
        if not finding.patterns:
            raise InputError(where, "no pattern", "at least one pattern or family")
        if finding.intensity == NEGATIVE:
            raise InputError("intensity", f"'{NEGATIVE}' beside a pattern", "a positive level")
        return
    if finding.patterns:
        raise InputError(where, f"the pattern '{finding.patterns[0]}'", "no pattern")
    if finding.titre is not None:
        raise InputError(where, f"the titre 1:{finding.titre}", "no titre")
    if finding.intensity not in ((None, NEGATIVE) if verdict is Verdict.NEGATIVE else (None,)):
        raise InputError(where, f"the intensity '{finding.intensity}'", "no such intensity")
    if verdict is Verdict.REJECTED and not finding.comment:
        raise InputError("comment", "none", "why the specimen is rejected")


def _checked_pattern(label: str) -> str:
    pattern = pattern_named(label)
    if pattern is PATTERN_TREE or pattern.name == NEGATIVE:
        expected = f"a pattern or family; '{NEGATIVE}' is a result of its own"
        raise InputError("pattern", f"'{pattern.name}'", expected)
    return pattern.name


def _checked_titre(titre: int) -> int:
    if isinstance(titre, bool) or not isinstance(titre, int) or not 1 <= titre <= _MOST_TITRE:
        raise InputError("titre", f"{titre!r}", f"1 to {_MOST_TITRE}, as 320 for 1:320")
    return titre


def _checked_cells(
    cells: tuple[CellChange, ...], read: ReadSpecimen | None
) -> tuple[CellChange, ...]:
    if len(cells) > _MOST_CELLS:
        raise InputError("cells", f"{len(cells)} changes", f"at most {_MOST_CELLS}")
    counts = None if read is None else {field.name: field.cells for field in read.fields}
    changes: dict[tuple[str, int], CellChange] = {}
    for change in cells:
        where = f"cell {change.cell} of field '{change.field}'"
        if counts is not None and change.field not in counts:
            raise InputError(where, "no such field", f"one of the {len(counts)} of the specimen")
        if counts is not None and not 1 <= change.cell <= counts[change.field]:
            raise InputError(where, "no such cell", f"1 to {counts[change.field]}")
        if (change.field, change.cell) in changes:
            raise InputError(where, "changed twice", "one change of a cell")
        pattern = None if change.pattern is None else _checked_pattern(change.pattern)
        changes[change.field, change.cell] = replace(change, pattern=pattern)
    return tuple(changes[key] for key in sorted(changes))
