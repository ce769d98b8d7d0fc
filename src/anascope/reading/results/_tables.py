"""What was read as flat tables: a row a specimen, a field, a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import fields as attributes
from typing import TYPE_CHECKING, Any

from anascope.extras import needed
from anascope.reading import CellReading, Decision, FieldReading, Provenance, SpecimenReading
from anascope.reading.results._as_json import FieldFile
from anascope.reading.results._decided import why_not_lines, why_not_of
from anascope.reading.results._patterns import codes_of

if TYPE_CHECKING:
    import pandas as pd

BETWEEN = "; "
"""Stands between several values in one place of a table."""

# What may be missing needs a type that says so; a column without a single value keeps its own.
_CELL_TYPES = {
    "specimen": "string",
    "field": "string",
    "cell": "int64",
    "y": "float64",
    "x": "float64",
    "min_y": "int64",
    "min_x": "int64",
    "max_y": "int64",
    "max_x": "int64",
    "area": "int64",
    "area_um2": "float64",
    "brightness": "float64",
    "mitotic": "float64",
    "phase": "string",
    "chromatin": "string",
    "pattern": "string",
    "pattern_probability": "float64",
    "at_border": "bool",
}
_TYPES = {
    "evaluable": "bool",
    "calibrated": "boolean",
    "height": "int64",
    "width": "int64",
    "pixel_size_um": "float64",
    "channel": "Int64",
    "full_scale": "Int64",
    "pixel_size_error": "float64",
    "fields": "int64",
    "fields_evaluable": "int64",
    "cells": "int64",
    "mitotic_figures": "Int64",
    "flagged": "int64",
}
_EVALUABLE = ("evaluable", "why_not")
_DECISION = (
    "pattern", "codes", "likeliest", "likeliest_codes", "likeliest_probability", "pattern_set",
    "coverage", "calibrated", "mixed", "intensity",
)  # fmt: skip
_FIELD = (
    "specimen", "field", "source", "height", "width", "pixel_size_um", "pixel_size_from",
    "pixel_size_error", "channel", "full_scale", "full_scale_from", *_EVALUABLE, *_DECISION,
    "cells", "mitotic_figures", "flags", "seconds",
)  # fmt: skip
_SPECIMEN = (
    "specimen", *_EVALUABLE, *_DECISION, "fields", "fields_evaluable", "cells", "mitotic_figures",
    "flagged",
)  # fmt: skip
_FLOATS = (
    "pixel_size_um", "pixel_size_error", "likeliest_probability", "coverage", "mixed", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """A table column by column, without pandas, which reading does without.

    Attributes:
        values: By column, in order, a value for each row; None where it is missing.
        types: By column the type that pandas has for it.
    """

    values: dict[str, list[Any]]
    types: dict[str, str]

    def frame(self) -> pd.DataFrame:
        """Return it as a table of pandas.

        Raises:
            InputError: if pandas is not installed.
        """
        pandas = needed("pandas", "a table of results", extra="parquet")
        frame: pd.DataFrame = pandas.DataFrame(
            {
                name: pandas.Series(column, dtype=self.types[name])
                for name, column in self.values.items()
            }
        )
        return frame


def specimen_table(specimens: Iterable[SpecimenReading]) -> pd.DataFrame:
    """Return a row a specimen; the columns are those of the reference, *Reading*.

    Raises:
        InputError: if pandas is not installed.
    """
    return specimen_columns(specimens).frame()


def field_table(fields: Iterable[FieldReading | FieldFile]) -> pd.DataFrame:
    """Return a row a field, as :func:`specimen_table` does of specimens."""
    return field_columns(fields).frame()


def cell_table(fields: Iterable[FieldReading]) -> pd.DataFrame:
    """Return a row a cell, as :func:`specimen_table` does of specimens."""
    return cell_columns(fields).frame()


def specimen_columns(
    specimens: Iterable[SpecimenReading], probabilities: Iterable[str] = ()
) -> Columns:
    """Return a row a specimen; the columns are those of the reference, *Reading*.

    Args:
        specimens: The specimens.
        probabilities: Columns of probabilities that come before others of these specimens; all of
            them if a table is made in parts (:func:`probability_columns`).
    """
    rows = [
        {
            "specimen": specimen.specimen,
            "evaluable": specimen.decision is not None,
            "why_not": BETWEEN.join(why_not_lines(specimen.not_evaluable)) or None,
            **_decided(specimen.decision),
            "fields": len(specimen.fields),
            "fields_evaluable": len(specimen.fields) - len(specimen.not_evaluable),
            "cells": specimen.cells,
            "mitotic_figures": specimen.mitotic_figures,
            "flagged": specimen.flagged,
            **_probabilities(specimen.decision),
        }
        for specimen in specimens
    ]
    return _columns(rows, (*_SPECIMEN, *probabilities))


def field_columns(
    fields: Iterable[FieldReading | FieldFile], probabilities: Iterable[str] = ()
) -> Columns:
    """Return a row a field, as :func:`specimen_columns` does of specimens."""
    rows = [
        {
            "specimen": field.specimen,
            "field": field.field,
            "source": field.source,
            "height": field.height,
            "width": field.width,
            "pixel_size_um": field.pixel_size_um,
            "evaluable": field.evaluability.evaluable,
            "why_not": why_not_of(field.evaluability) or None,
            **_image(field.provenance),
            "pixel_size_from": _size_from(field),
            "pixel_size_error": field.pixel_size_error,
            **_decided(field.decision),
            "cells": field.cell_count,
            "mitotic_figures": field.mitotic_figures,
            "flags": BETWEEN.join(flag.flag.value for flag in field.quality),
            "seconds": sum(field.seconds.values()),
            **_probabilities(field.decision),
        }
        for field in fields
    ]
    return _columns(rows, (*_FIELD, *probabilities))


def cell_columns(fields: Iterable[FieldReading]) -> Columns:
    """Return a row a cell; the columns are those of the reference, *Reading*."""
    names = [attribute.name for attribute in attributes(CellReading)]
    columns: dict[str, list[Any]] = {name: [] for name in _CELL_TYPES}
    for field in fields:
        columns["specimen"] += [field.specimen] * len(field.cells)
        columns["field"] += [field.field] * len(field.cells)
        for name in names:
            columns[name] += [getattr(cell, name) for cell in field.cells]
    return Columns(columns, _CELL_TYPES)


def probability_columns(decisions: Iterable[Decision | None]) -> tuple[str, ...]:
    """Return the columns of all probabilities, in the order in which they come up."""
    names = (name for decision in decisions for name in _probabilities(decision))
    return tuple(dict.fromkeys(names))


def column_name(kind: str, name: str) -> str:
    """Return the column of a probability: small letters, digits and ``_``.

    >>> column_name("pattern", "numa-like")
    'p_pattern_numa_like'
    """
    return f"p_{kind}_{re.sub(r'[^a-z0-9]+', '_', name.lower()).strip('_')}"


def _image(provenance: Provenance | None) -> dict[str, Any]:
    """Return what was taken of the image; channels are counted from 1, as users ask for them."""
    if provenance is None:
        return {"channel": None, "full_scale": None, "full_scale_from": None}
    number = provenance.channel
    return {
        "channel": None if number is None else number + 1,
        "full_scale": provenance.full_scale,
        "full_scale_from": provenance.full_scale_from,
    }


def _size_from(field: FieldReading | FieldFile) -> str | None:
    if field.provenance is not None:
        return field.provenance.pixel_size_from
    return None if field.pixel_size_error is None else "estimated"  # of an array


def _decided(decision: Decision | None) -> dict[str, Any]:
    if decision is None:
        return {}
    return {
        "pattern": decision.pattern,
        "codes": BETWEEN.join(decision.codes),
        "likeliest": decision.likeliest,
        "likeliest_codes": BETWEEN.join(codes_of(decision.likeliest)),
        "likeliest_probability": decision.patterns.get(decision.likeliest or ""),
        "pattern_set": BETWEEN.join(decision.pattern_set),
        "coverage": decision.coverage,
        "calibrated": decision.calibrated,
        "mixed": decision.mixed,
        "intensity": decision.intensity,
    }


def _probabilities(decision: Decision | None) -> dict[str, float]:
    if decision is None:
        return {}
    kinds = {
        "pattern": decision.patterns,
        "family": decision.families,
        "intensity": decision.intensities,
    }
    return {
        column_name(kind, name): value
        for kind, values in kinds.items()
        for name, value in values.items()
    }


def _columns(rows: list[dict[str, Any]], names: tuple[str, ...]) -> Columns:
    further = dict.fromkeys(name for row in rows for name in row if name not in names)
    all_names = (*names, *further)
    values = {name: [row.get(name) for row in rows] for name in all_names}
    return Columns(values, {name: _type(name) for name in all_names})


def _type(name: str) -> str:
    if name in _FLOATS or name.startswith("p_"):
        return "float64"
    return _TYPES.get(name, "string")
