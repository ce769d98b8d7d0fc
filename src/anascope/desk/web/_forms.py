"""A finding as a form has it: as text, so that nothing typed is lost when it is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anascope.desk.review import CellChange, Finding, Verdict, checked_finding, titre_named
from anascope.desk.worklist import ReadSpecimen
from anascope.errors import InputError, did_you_mean

_RENAMED = re.compile(r"\s*([1-9][0-9]{0,8})\s*=\s*(.+?)\s*", re.ASCII)
_OUT = re.compile(r"([1-9][0-9]{0,5}):([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form.

    Attributes:
        verdict: What kind of finding it is.
        patterns: One each; empty where none is chosen.
        intensity, titre, comment, reason: As typed; the reason is why a signed result is changed.
        out: Cells that are struck out, ``FIELD:CELL``; the field by its number from 1.
        renamed: For each field, cells with another pattern: ``17 = AC-3; 20 = nucleolar``.
    """

    verdict: str = ""
    patterns: tuple[str, ...] = ()
    intensity: str = ""
    titre: str = ""
    comment: str = ""
    reason: str = ""
    out: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()

    def struck(self, field: int, cell: int) -> bool:
        """Tell whether a cell is struck out."""
        return f"{field}:{cell}" in self.out


def entered_of(finding: Finding | None, read: ReadSpecimen) -> Entered:
    """Return a finding as the form shows it; an empty form if there is none."""
    names = [field.name for field in read.fields]
    renamed: dict[str, list[str]] = {name: [] for name in names}
    if finding is None:
        return Entered(renamed=("",) * len(names))
    out = []
    for change in finding.cells:
        if change.field not in renamed:  # of an earlier reading
            continue
        if change.pattern is None:
            out.append(f"{names.index(change.field) + 1}:{change.cell}")
        else:
            renamed[change.field].append(f"{change.cell} = {change.pattern}")
    return Entered(
        verdict=finding.verdict.value,
        patterns=finding.patterns,
        intensity=finding.intensity or "",
        titre=f"1:{finding.titre}" if finding.titre else "",
        comment=finding.comment,
        out=tuple(out),
        renamed=tuple("; ".join(renamed[name]) for name in names),
    )


def finding_of(entered: Entered, read: ReadSpecimen) -> Finding:
    """Return what a form says.

    Raises:
        InputError: for the first thing that cannot be so, or does not go together.
    """
    known = [verdict.value for verdict in Verdict]
    if entered.verdict not in known:
        found = f"'{entered.verdict[:40]}'" if entered.verdict else "nothing"
        raise InputError("result", found, did_you_mean(entered.verdict[:40], known))
    finding = Finding(
        verdict=Verdict(entered.verdict),
        patterns=tuple(name for name in entered.patterns if name.strip()),
        intensity=entered.intensity.strip() or None,
        titre=titre_named(entered.titre),
        comment=entered.comment,
        cells=(*_struck(entered.out, read), *_renamed(entered.renamed, read)),
    )
    return checked_finding(finding, read)


def _struck(out: tuple[str, ...], read: ReadSpecimen) -> list[CellChange]:
    return [CellChange(*_cell_of(text, read)) for text in out]


def _cell_of(text: str, read: ReadSpecimen) -> tuple[str, int]:
    found = _OUT.fullmatch(text)
    if found is None or int(found[1]) > len(read.fields):
        raise InputError("cells", f"'{text[:20]}'", "number of a field, ':' and of a cell")
    return read.fields[int(found[1]) - 1].name, int(found[2])


def _renamed(renamed: tuple[str, ...], read: ReadSpecimen) -> list[CellChange]:
    if len(renamed) > len(read.fields):
        raise InputError("cells", f"{len(renamed)} fields", f"{len(read.fields)}")
    changes = []
    for text, field in zip(renamed, read.fields, strict=False):
        for entry in filter(str.strip, re.split(r"[;\n]", text)):
            found = _RENAMED.fullmatch(entry)
            if found is None:
                where = f"cells of field '{field.name}'"
                raise InputError(where, f"'{entry.strip()[:40]}'", "such as 17 = AC-3; 20 = AC-8")
            changes.append(CellChange(field.name, int(found[1]), found[2]))
    return changes
