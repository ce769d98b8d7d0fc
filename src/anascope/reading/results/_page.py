"""The page of a batch: one HTML file that needs nothing from outside."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from anascope.documents import data_uri, rendered
from anascope.images import STRETCH_RULE
from anascope.reading import (
    NOT_EVALUABLE,
    UNDECIDED,
    Decision,
    FieldReading,
    NotRead,
    SpecimenReading,
)
from anascope.reading.results._colours import UNTOLD, as_hex, colour_of
from anascope.reading.results._decided import (
    NO_ANSWER,
    intensity_word,
    pattern_word,
    why_not_lines,
    why_not_of,
)
from anascope.reading.results._patterns import codes_of
from anascope.words import RESEARCH_USE

EMBEDDED_MOST = 200
"""Fields up to which small pictures are in the page; of more they are files beside it. A picture
takes about 50 kB, so that a page stays under some ten megabytes."""

_DATA = "<data>"
"""Where the data go in the template: no text on the page is this, as ``<`` is escaped in all."""


@dataclass(frozen=True)
class PageField:
    """A field in its place on the page.

    Attributes:
        reading: What was read of it; its cells may be left out.
        cells: Their number.
        folder: Where its files are, from the page; with ``/``.
        thumbnail: Gives its small picture, JPEG.
        heat: Whether it has a heat map.
        dividing: Gives the row of its dividing cells, JPEG; None if it has none.
    """

    reading: FieldReading
    cells: int
    folder: str
    thumbnail: Callable[[], bytes]
    heat: bool = False
    dividing: Callable[[], bytes] | None = None


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
    specimens: Iterable[PageSpecimen],
    not_read: Sequence[NotRead] = (),
    *,
    model: str = "",
    date: datetime.date | None = None,
) -> Iterator[str]:
    """Yield the page of a batch as HTML, in pieces.

    Rows are made as they come into sight, so that thousands of specimens are no burden.

    Args:
        specimens: In the order of their names; gone through twice, and none of them is kept.
        not_read: What could not be read.
        model: Name and version of the model.
        date: When it was read.
    """
    counts = _Counts()
    for specimen in specimens:
        counts.add(specimen)
    embedded = counts.fields <= EMBEDDED_MOST
    page = rendered(
        "anascope.reading.results",
        "page.html.j2",
        model=model,
        date=date.isoformat() if date else "",
        notice=RESEARCH_USE,
        rule=STRETCH_RULE,
        embedded=embedded,
        facts=counts.facts(not_read),
        patterns=_patterns(counts.patterns),
        intensities=list(counts.intensities),
        not_read=not_read,
        data=_DATA,
    )
    head, tail = page.split(_DATA)
    yield head
    yield f'{{"patterns":{_json(counts.names)},"specimens":['
    for number, specimen in enumerate(specimens):
        yield "," * bool(number) + _json(_specimen(specimen, embedded=embedded))
    yield f"]}}{tail}"


@dataclass
class _Counts:
    """What the page says of all specimens together.

    Attributes:
        patterns, intensities: How often specimens were called so.
        names: Codes and colour of all patterns that any decision names.
        specimens, fields, flagged, blank, cells: Their numbers; ``flagged`` and ``blank``, which
            are not evaluable, are of fields.
        mitotic: Mitotic figures, or None if no specimen's are known.
    """

    patterns: Counter[str] = attribute(default_factory=Counter)
    intensities: Counter[str] = attribute(default_factory=Counter)
    names: dict[str, dict[str, str]] = attribute(default_factory=dict)
    specimens: int = 0
    fields: int = 0
    flagged: int = 0
    blank: int = 0
    cells: int = 0
    mitotic: int | None = None

    def add(self, specimen: PageSpecimen) -> None:
        reading = specimen.reading
        self.patterns[pattern_word(reading.decision)] += 1
        self.intensities[intensity_word(reading.decision)] += 1
        self.specimens += 1
        self.fields += len(specimen.fields)
        self.flagged += sum(bool(field.reading.quality) for field in specimen.fields)
        self.cells += reading.cells
        if reading.mitotic_figures is not None:
            self.mitotic = (self.mitotic or 0) + reading.mitotic_figures
        self.blank += len(reading.not_evaluable)
        for decision in (reading.decision, *(field.reading.decision for field in specimen.fields)):
            if decision is None:
                continue
            for name in (*decision.patterns, *decision.pattern_set, decision.pattern):
                if name is not None and name not in self.names:
                    self.names[name] = _named(name)

    def facts(self, not_read: Sequence[NotRead]) -> list[tuple[str, int]]:
        facts = [
            ("specimens", self.specimens),
            (NOT_EVALUABLE, self.patterns[NOT_EVALUABLE]),
            ("undecided", self.patterns[UNDECIDED]),
            ("fields", self.fields),
            (f"fields {NOT_EVALUABLE}", self.blank),
            ("fields with a flag", self.flagged),
            ("cells", self.cells),
        ]
        if self.mitotic is not None:
            facts.append(("mitotic figures", self.mitotic))
        if not_read:
            facts.append(("files not read", len(not_read)))
        return facts


def _patterns(counts: Counter[str]) -> list[dict[str, Any]]:
    """Return what specimens were called, the most frequent first."""
    most = max(counts.values(), default=1)
    return [
        {"name": name, **_named(name), "count": count, "share": round(100 * count / most, 1)}
        for name, count in counts.most_common()
    ]


def _named(pattern: str) -> dict[str, str]:
    if pattern in (NOT_EVALUABLE, NO_ANSWER):
        return {"codes": "", "colour": as_hex(UNTOLD)}
    # A ring without a filling: white would be near the lightest colours on a dark page.
    colour = "transparent" if pattern == UNDECIDED else as_hex(colour_of(pattern))
    return {"codes": ", ".join(codes_of(pattern)), "colour": colour}


def _json(value: Any) -> str:
    """Return what the page's script shows as JSON that is safe inside of HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # No text can end the element that holds it, nor begin a comment in it.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _specimen(specimen: PageSpecimen, *, embedded: bool) -> dict[str, Any]:
    reading = specimen.reading
    return {
        "name": reading.specimen,
        "evaluable": reading.decision is not None,
        "whyNot": why_not_lines(reading.not_evaluable),
        "decision": _decision(reading.decision),
        "cells": reading.cells,
        "mitotic": reading.mitotic_figures,
        "flagged": reading.flagged,
        "sheet": specimen.sheet,
        "fields": [_field(field, embedded=embedded) for field in specimen.fields],
    }


def _field(field: PageField, *, embedded: bool) -> dict[str, Any]:
    reading = field.reading
    row = ""
    if embedded:
        picture = data_uri(field.thumbnail(), "image/jpeg")
        if field.dividing is not None:
            row = data_uri(field.dividing(), "image/jpeg")
    else:
        picture = f"{field.folder}/thumbnail.jpg"
        if field.dividing is not None:
            row = f"{field.folder}/dividing.jpg"
    return {
        "name": reading.field,
        "evaluable": reading.decision is not None,
        "whyNot": why_not_of(reading.evaluability),
        "folder": field.folder,
        "picture": picture,
        "heat": field.heat,
        "height": reading.height,
        "width": reading.width,
        "decision": _decision(reading.decision),
        "cells": field.cells,
        "mitotic": reading.mitotic_figures,
        "dividingRow": row,
        "dividing": [
            {
                "cell": cell.cell,
                "phase": cell.phase or "dividing",
                "chromatin": cell.chromatin or "",
                "share": round(cell.mitotic, 3),
            }
            for cell in reading.dividing
        ],
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


def _decision(decision: Decision | None) -> dict[str, Any]:
    """Return what the page shows of a decision; of what is not evaluable there is only a word."""
    words = {"pattern": pattern_word(decision), "intensity": intensity_word(decision)}
    if decision is None:
        empty: dict[str, Any] = {"patterns": {}, "families": {}, "intensities": {}}
        return words | empty | {
            "decided": True, "codes": "", "likeliest": "", "probability": None, "set": (),
            "coverage": None, "calibrated": True, "mixed": False,
        }  # fmt: skip
    probability = decision.probability
    return words | {
        "decided": decision.pattern != UNDECIDED,
        "codes": ", ".join(decision.codes),
        "likeliest": decision.likeliest or "",
        "probability": None if probability is None else round(probability, 5),
        "set": decision.pattern_set,
        "coverage": decision.coverage,
        "calibrated": decision.calibrated,
        "mixed": len(decision.present) > 1,
        "patterns": _rounded(decision.patterns),
        "families": _rounded(decision.families),
        "intensities": _rounded(decision.intensities),
    }


def _rounded(shares: Mapping[str, float]) -> dict[str, float]:
    # By digits and not by places: what is above zero must not be said to be "0%".
    return {name: float(f"{share:.5g}") for name, share in shares.items()}


def _number(value: float) -> str:
    """Return a measured number with three digits; nothing if there was none."""
    return "" if value != value else f"{value:.3g}"
