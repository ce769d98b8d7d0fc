"""The sheet of a specimen: one page of PDF."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anascope.decisions import NOT_CALIBRATED
from anascope.documents import TypstFiles, typst_files, write_typeset
from anascope.images import STRETCH_RULE
from anascope.reading import NOT_EVALUABLE, UNDECIDED, Decision, FieldReading, SpecimenReading
from anascope.reading.results._colours import as_hex, colour_of
from anascope.reading.results._decided import (
    flag_line,
    intensity_word,
    pattern_word,
    why_not_of,
)
from anascope.reading.results._patterns import codes_of
from anascope.reading.results._percent import percent
from anascope.words import RESEARCH_USE

PICTURES_MOST = 4
"""Fields that are shown on a sheet."""

_BARS_MOST = 8
_FLAGS_MOST = 6
_WHY_NOT_MOST = 4


def write_sheet(
    specimen: SpecimenReading,
    fields: Sequence[FieldReading],
    pictures: Mapping[str, Path],
    path: str | Path,
    *,
    model: str = "",
    date: datetime.date | None = None,
) -> None:
    """Write the sheet of a specimen as PDF: one page of A4, whole or not at all.

    It says what the specimen is called, how sure that is, and shows up to four fields. No time
    but ``date`` goes into the file.

    Args:
        specimen: What was read of it.
        fields: What was read of its fields; their cells are not needed.
        pictures: Of fields their overlays, JPEG files.
        path: The file to write.
        model: Name and version of the model.
        date: When it was read.
    """
    write_typeset(sheet_files(specimen, fields, pictures, model=model, date=date), Path(path))


def sheet_files(
    specimen: SpecimenReading,
    fields: Sequence[FieldReading],
    pictures: Mapping[str, Path],
    *,
    model: str = "",
    date: datetime.date | None = None,
) -> TypstFiles:
    """Return the files that Typst makes the sheet of; see :func:`write_sheet`."""
    shown = [field for field in fields if field.field in pictures][:PICTURES_MOST]
    content = _content(specimen, fields, shown, model, date)
    files = {f"{n}.jpg": pictures[field.field].read_bytes() for n, field in enumerate(shown)}
    return typst_files("anascope.reading.results", "sheet.typ", content, files)


def _content(
    specimen: SpecimenReading,
    fields: Sequence[FieldReading],
    shown: Sequence[FieldReading],
    model: str,
    date: datetime.date | None,
) -> dict[str, Any]:
    decision = specimen.decision
    return {
        "specimen": specimen.specimen,
        "pattern": pattern_word(decision),
        "colour": as_hex(colour_of(None if decision is None else decision.pattern)),
        "codes": "" if decision is None else ", ".join(decision.codes),
        "how_sure": _how_sure(decision),
        "why_not": _why_not(fields),
        "facts": _facts(specimen),
        "patterns": [] if decision is None else _bars(decision.patterns, decision.pattern_set),
        "families": [] if decision is None else _bars(decision.families),
        "intensities": []
        if decision is None
        else [_bar(name, share) for name, share in decision.intensities.items()],
        "flags": _flags(fields),
        "fields": [{"name": field.field, "said": _decision_text(field)} for field in shown],
        "further": len(fields) - len(shown),
        "model": model,
        "date": date.isoformat() if date else "",
        "rule": STRETCH_RULE,
        "notice": RESEARCH_USE,
    }


def _decision_text(field: FieldReading) -> str:
    if field.decision is None:
        return NOT_EVALUABLE
    return f"{pattern_word(field.decision)}; {intensity_word(field.decision)}"


def _why_not(fields: Sequence[FieldReading]) -> list[str]:
    """Return why fields are not evaluable, a line each; a last one for those without room."""
    lines = [
        f"{field.field}: {NOT_EVALUABLE}, {why_not_of(field.evaluability)}"
        for field in fields
        if not field.evaluability.evaluable
    ]
    return _at_most(lines, _WHY_NOT_MOST)


def _how_sure(decision: Decision | None) -> str:
    if decision is None or decision.probability is None:
        return ""
    if decision.pattern != UNDECIDED:
        doubt = "" if decision.calibrated else f", {NOT_CALIBRATED}"
        of = "probability of several patterns" if len(decision.present) > 1 else "probability"
        return f"{of} {percent(decision.probability)}{doubt}"
    return f"likeliest {decision.likeliest}, {percent(decision.probability)}"


def _facts(specimen: SpecimenReading) -> list[tuple[str, str]]:
    decision = specimen.decision
    facts = []
    if decision is not None and decision.calibrated and decision.pattern_set:
        members = [
            f"{name} ({', '.join(codes_of(name))})" if codes_of(name) else name
            for name in decision.pattern_set
        ]
        mixed = len(decision.present) > 1  # of which the coverage says nothing
        head = "Two patterns" if mixed else f"Set at {percent(decision.coverage)} coverage"
        facts.append((head, ", ".join(members)))
    elif decision is not None and decision.patterns:
        facts.append(("Set", f"none: {NOT_CALIBRATED}"))
    count = len(specimen.fields)
    without = len(specimen.not_evaluable)
    facts += [
        ("Intensity", intensity_word(decision)),
        ("Fields", f"{count}, {count - without} of them evaluable" if without else str(count)),
        ("Cells", str(specimen.cells)),
    ]
    if specimen.mitotic_figures is not None:
        facts.append(("Mitotic figures", str(specimen.mitotic_figures)))
    return facts


def _flags(fields: Sequence[FieldReading]) -> list[str]:
    """Return a line a flag: value, limit and fields; a last one for those that have no room."""
    lines = [f"{field.field}: {flag_line(flag)}" for field in fields for flag in field.quality]
    return _at_most(lines, _FLAGS_MOST)


def _at_most(lines: list[str], most: int) -> list[str]:
    """Return lines, of which a last one stands for those that have no room."""
    if len(lines) > most:
        lines[most - 1 :] = [f"and {len(lines) - most + 1} more"]
    return lines


def _bars(shares: Mapping[str, float], within: Sequence[str] = ()) -> list[dict[str, Any]]:
    likeliest = sorted(shares.items(), key=lambda item: -item[1])[:_BARS_MOST]
    return [_bar(name, share) | {"within": name in within} for name, share in likeliest]


def _bar(name: str, share: float) -> dict[str, Any]:
    return {"name": name, "share": share, "percent": percent(share), "within": False}
