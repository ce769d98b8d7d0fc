"""What stands in the JSON files of a reading; their keys are those of the records here."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import Any, Literal

from anascope._version import __version__
from anascope.decisions import Code
from anascope.reading import CellReading, FieldSummary, NotRead, SpecimenReading
from anascope.reading._records import Count
from anascope.reading.results._patterns import codes_of
from anascope.words import RESEARCH_USE

FORMAT: Literal["reading-2"] = "reading-2"
"""Names the form of the JSON, and the schema that it follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFile(FieldSummary):
    """What ``field.json`` says of a field.

    Attributes:
        cell_count: How many cells it has.
    """

    cell_count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry(FieldFile):
    """One field.

    Attributes:
        folder: Where its files are, from this one.
        cells: Its cells.
    """

    folder: str
    cells: tuple[CellReading, ...]


@dataclass(frozen=True, slots=True)
class SpecimenEntry(SpecimenReading):
    """One specimen: its fields decided together.

    Attributes:
        folder: Where its files are, from this one.
    """

    folder: str


@dataclass(frozen=True, slots=True)
class PatternClass:
    """A pattern, or a family of patterns.

    Attributes:
        name: Its name in the tree of patterns.
        codes: Its ICAP codes.
    """

    name: str
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingHead:
    """What ``reading.json`` says before specimens and fields.

    Attributes:
        format: Names this schema.
        notice: What the reading is not.
        anascope: Version that wrote it.
        model: Name and version of the model.
        date: When it was read.
        classes: The patterns that the model tells apart.
        families: The families that they are in.
        intensities: The intensity levels.
        not_read: What could not be read.
    """

    format: Literal["reading-2"] = FORMAT
    notice: str = RESEARCH_USE
    anascope: str = __version__
    model: str
    date: datetime.date | None
    classes: tuple[PatternClass, ...]
    families: tuple[PatternClass, ...]
    intensities: tuple[str, ...]
    not_read: tuple[NotRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFile(ReadingHead):
    """Specimens, fields and cells as anascope has read them.

    Attributes:
        specimens: In the order of their names.
        fields: In the order of specimens.
    """

    specimens: tuple[SpecimenEntry, ...]
    fields: tuple[FieldEntry, ...]


def summary_of(field: FieldSummary) -> dict[str, Any]:
    """Return the attributes of a field that are no matter of its cells, by name."""
    return {attribute.name: getattr(field, attribute.name) for attribute in fields(FieldSummary)}


def class_of(name: str) -> PatternClass:
    """Return a class of patterns with its ICAP codes."""
    return PatternClass(name, codes_of(name))
