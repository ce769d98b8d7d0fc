"""The page of a batch: one HTML file that needs nothing from outside."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anascope.documents import data_uri, rendered
from anascope.images import STRETCH_RULE
from anascope.reading import UNDECIDED, Decision, FieldReading, NotRead, SpecimenReading
from anascope.reading.results._colours import as_hex, colour_of
from anascope.reading.results._patterns import codes_of
from anascope.words import RESEARCH_USE

EMBEDDED_MOST = 200
"""Fields up to which small pictures are in the page; of more they are files beside it. A picture
takes about 50 kB, so that a page stays under some ten megabytes."""


@dataclass(frozen=True)
class PageField:
    """A field in its place on the page.

    Attributes:
        reading: What was read of it; its cells may be left out.
        cells: Their number.
        folder: Where its files are, from the page; with ``/``.
        thumbnail: Gives its small picture, JPEG.
        heat: Whether it has a heat map.
    """

    reading: FieldReading
    cells: int
    folder: str
    thumbnail: Callable[[], bytes]
    heat: bool = False


@dataclass(frozen=True)
class PageSpecimen:
    """A specimen in its place on the page.

    Attributes:
        reading: What was read of it.
        fields: Its fields.
        sheet: Its sheet, from the page; "" if it has none.
    """

    reading: SpecimenReading
    fields: tuple[PageField, ...]
    sheet: str = ""


def to_page(
    specimens: Sequence[PageSpecimen],
    not_read: Sequence[NotRead] = (),
    *,
    model: str = "",
    date: datetime.date | None = None,
) -> str:
    """Return the page of a batch as HTML.

    Rows are made as they come into sight, so that thousands of specimens are no burden.

    Args:
        specimens: In the order of their names.
        not_read: What could not be read.
        model: Name and version of the model.
        date: When it was read.
    """
    fields = [field for specimen in specimens for field in specimen.fields]
    embedded = len(fields) <= EMBEDDED_MOST
    decisions = [specimen.reading.decision for specimen in specimens]
    return rendered(
        "anascope.reading.results",
        "page.html.j2",
        model=model,
        date=date.isoformat() if date else "",
        notice=RESEARCH_USE,
        rule=STRETCH_RULE,
        embedded=embedded,
        facts=_facts(specimens, fields, not_read),
        patterns=_patterns(decisions),
        intensities=list(Counter(each.intensity for each in decisions)),
        not_read=not_read,
        data=_data(specimens, embedded=embedded),
    )


def _facts(
    specimens: Sequence[PageSpecimen], fields: Sequence[PageField], not_read: Sequence[NotRead]
) -> list[tuple[str, int]]:
    undecided = sum(each.reading.decision.pattern == UNDECIDED for each in specimens)
    mitotic = [each.reading.mitotic_figures for each in specimens]
    facts = [
        ("specimens", len(specimens)),
        ("undecided", undecided),
        ("fields", len(fields)),
        ("fields with a flag", sum(bool(field.reading.quality) for field in fields)),
        ("cells", sum(field.cells for field in fields)),
    ]
    if any(count is not None for count in mitotic):
        facts.append(("mitotic figures", sum(count or 0 for count in mitotic)))
    if not_read:
        facts.append(("files not read", len(not_read)))
    return facts


def _patterns(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return what specimens were called, the most frequent first."""
    counts = Counter(decision.pattern for decision in decisions)
    most = max(counts.values(), default=1)
    return [
        {
            "name": name,
            "codes": ", ".join(codes_of(name)),
            "colour": as_hex(colour_of(name)),
            "count": count,
            "share": round(100 * count / most, 1),
        }
        for name, count in counts.most_common()
    ]


def _data(specimens: Sequence[PageSpecimen], *, embedded: bool) -> str:
    """Return as JSON what the page's script shows, safe inside of HTML."""
    names = {
        name: {"codes": ", ".join(codes_of(name)), "colour": as_hex(colour_of(name))}
        for decision in _decisions(specimens)
        for name in (*decision.patterns, *decision.pattern_set, decision.pattern)
    }
    value = {
        "patterns": names,
        "specimens": [_specimen(specimen, embedded=embedded) for specimen in specimens],
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # No text can end the element that holds it, nor begin a comment in it.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _decisions(specimens: Iterable[PageSpecimen]) -> Iterator[Decision]:
    for specimen in specimens:
        yield specimen.reading.decision
        for field in specimen.fields:
            yield field.reading.decision


def _specimen(specimen: PageSpecimen, *, embedded: bool) -> dict[str, Any]:
    reading = specimen.reading
    return {
        "name": reading.specimen,
        "decision": _decision(reading.decision),
        "cells": reading.cells,
        "mitotic": reading.mitotic_figures,
        "flagged": reading.flagged,
        "sheet": specimen.sheet,
        "fields": [_field(field, embedded=embedded) for field in specimen.fields],
    }


def _field(field: PageField, *, embedded: bool) -> dict[str, Any]:
    reading = field.reading
    if embedded:
        picture = data_uri(field.thumbnail(), "image/jpeg")
    else:
        picture = f"{field.folder}/thumbnail.jpg"
    return {
        "name": reading.field,
        "folder": field.folder,
        "picture": picture,
        "heat": field.heat,
        "height": reading.height,
        "width": reading.width,
        "decision": _decision(reading.decision),
        "cells": field.cells,
        "mitotic": reading.mitotic_figures,
        "flags": [
            {
                "flag": flag.flag.value,
                "value": _number(flag.value),
                "limit": _number(flag.limit),
                "unit": flag.unit,
                "advice": flag.advice,
            }
            for flag in reading.quality
        ],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "pattern": decision.pattern,
        "decided": decision.pattern != UNDECIDED,
        "codes": ", ".join(decision.codes),
        "likeliest": decision.likeliest,
        "probability": round(decision.probability, 5),
        "set": decision.pattern_set,
        "coverage": decision.coverage,
        "calibrated": decision.calibrated,
        "intensity": decision.intensity,
        "patterns": _rounded(decision.patterns),
        "families": _rounded(decision.families),
        "intensities": _rounded(decision.intensities),
    }


def _rounded(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 5) for name, share in shares.items()}


def _number(value: float) -> str:
    """Return a measured number with three digits; nothing if there was none."""
    return "" if value != value else f"{value:.3g}"
