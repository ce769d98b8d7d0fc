"""How many of what each fold tests, validates and trains on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anascope.cohorts.folds._plan import FoldPlan
from anascope.records import SPLITS, FieldRecord


def count_folds(plan: FoldPlan, fields: Sequence[FieldRecord]) -> list[dict[str, Any]]:
    """Return one row for each set of each fold: patients, fields, fields by pattern, intensity."""
    patterns = sorted({record.serum for record in fields if record.serum})
    intensities = sorted({record.intensity for record in fields if record.intensity})
    rows = []
    for fold in plan.folds.values():
        for split in SPLITS:
            records = fold.records(fields, split)
            rows.append(
                {
                    "fold": fold.name,
                    "set": split,
                    "patients": len(getattr(fold, split)),
                    "fields": len(records),
                    **{name: sum(r.serum == name for r in records) for name in patterns},
                    **{name: sum(r.intensity == name for r in records) for name in intensities},
                }
            )
    return rows
