"""Readings as plain data for JSON, and back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from anascope.reading import (
    CellReading,
    Decision,
    FieldReading,
    Flag,
    NotRead,
    QualityFlag,
    SpecimenReading,
)
from anascope.reading.results._patterns import codes_of

FORMAT = "reading-1"
"""Names the form of the JSON, and the schema that it follows."""

_CELL = tuple(field.name for field in dataclasses.fields(CellReading))


def specimen_json(specimen: SpecimenReading) -> dict[str, Any]:
    """Return a specimen as plain data."""
    return _plain(specimen)


def field_json(field: FieldReading) -> dict[str, Any]:
    """Return a field as plain data, with the number of its cells in place of the cells."""
    bare = _plain(dataclasses.replace(field, cells=()))
    del bare["cells"]
    return bare | {"cell_count": len(field.cells)}


def cells_json(cells: Iterable[CellReading]) -> list[dict[str, Any]]:
    """Return cells as plain data."""
    return [{name: getattr(cell, name) for name in _CELL} for cell in cells]


def not_read_json(not_read: NotRead) -> dict[str, Any]:
    """Return as plain data what could not be read."""
    return _plain(not_read)


def class_json(name: str) -> dict[str, Any]:
    """Return a class of patterns with its ICAP codes."""
    return {"name": name, "codes": list(codes_of(name))}


def read_specimen(value: Mapping[str, Any]) -> SpecimenReading:
    """Return the specimen that :func:`specimen_json` made plain data of."""
    return SpecimenReading(
        **{
            **value,
            "decision": _read_decision(value["decision"]),
            "fields": tuple(value["fields"]),
        }
    )


def read_field(value: Mapping[str, Any], cells: Iterable[Mapping[str, Any]] = ()) -> FieldReading:
    """Return the field that :func:`field_json` and :func:`cells_json` made plain data of."""
    kept = {key: item for key, item in value.items() if key != "cell_count"}
    return FieldReading(
        **{
            **kept,
            "decision": _read_decision(value["decision"]),
            "cells": tuple(CellReading(**cell) for cell in cells),
            "quality": tuple(_read_flag(flag) for flag in value["quality"]),
        }
    )


def _read_decision(value: Mapping[str, Any]) -> Decision:
    listed = {key: tuple(value[key]) for key in ("codes", "pattern_set")}
    return Decision(**{**value, **listed})


def _read_flag(value: Mapping[str, Any]) -> QualityFlag:
    # JSON has no NaN: what was not a number came as null.
    numbers = {key: math.nan if value[key] is None else value[key] for key in ("value", "limit")}
    return QualityFlag(**{**value, **numbers, "flag": Flag(value["flag"])})


def _plain(record: Any) -> dict[str, Any]:
    return dataclasses.asdict(record)
