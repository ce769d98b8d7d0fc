"""Numbers of fields, patients and labels, as ``cohort.json`` keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from anascope.records import FieldRecord

_MAY_BE_MISSING = ("patient", "specimen", "pattern", "intensity", "pixel_size_um")


def counts_of(records: Sequence[FieldRecord]) -> dict[str, Any]:
    """Return the numbers that ``cohort.json`` keeps: totals, labels, and what is missing."""
    return {
        "fields": len(records),
        "patients": count_different(record.patient for record in records),
        "specimens": count_different(record.specimen for record in records),
        "patterns": _tally(record.serum for record in records),
        "intensities": _tally(record.intensity for record in records),
        "missing": missing_in(records),
    }


def missing_in(records: Sequence[FieldRecord]) -> dict[str, int]:
    """Return for how many fields a value is not said, by the name of the value."""
    return {
        name: sum(getattr(record, name) is None for record in records) for name in _MAY_BE_MISSING
    } | {"mask": sum(not record.has_mask for record in records)}


def count_different(names: Iterable[str | None]) -> int:
    """Return how many names there are, unknown ones not counted."""
    return len({name for name in names if name is not None})


def _tally(values: Iterable[str | None]) -> dict[str, int]:
    return dict(sorted(Counter(value for value in values if value is not None).items()))
