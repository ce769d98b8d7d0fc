"""Networks measured on patients that they have not seen, fold by fold, and all folds together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cohorts import Cohort
from anascope.records import FieldRecord
from anascope.training.evaluation import ReadFields
from benchmarks.accuracy._shared import interval, measured


class Split:
    """Networks measured on patients that they have not seen: whole fields, and given cells."""

    def __init__(self, real: Cohort) -> None:
        self._real = real
        self._fields: list[pd.DataFrame] = []
        self._patterns: list[pd.DataFrame] = []
        self._found: list[dict[str, int]] = []

    def add(self, model: Path, records: Sequence[FieldRecord]) -> None:
        """Measure a model on fields of patients whom it has not seen."""
        read = ReadFields(model, self._real, records)
        self._fields.append(read.scores())
        self._patterns.append(read.cell_patterns())
        self._found.append(read.cells_found())

    @property
    def fields(self) -> pd.DataFrame:
        """A row a field."""
        return pd.concat(self._fields, ignore_index=True)

    @property
    def patterns(self) -> pd.DataFrame:
        """A row a given cell."""
        return pd.concat(self._patterns, ignore_index=True)

    def results(self) -> dict[str, Any]:
        """Return what a result file says."""
        cells = self.patterns
        right = cells["pattern"] == cells["named"]
        images = cells.assign(right=right).groupby("field")["right"]
        confusion = pd.crosstab(cells["pattern"], cells["named"])
        return {
            **measured(self.fields, self._real),
            "cells": _together(self._found),
            "cell_patterns": {
                "cells": len(cells),
                "accuracy": float(right.mean()),
                "mean_over_images": interval(images.mean()),
                "accuracy_in_field": float((cells["pattern"] == cells["named_in_field"]).mean()),
                "confusion": confusion.to_dict("index"),
            },
        }


def show(title: str, found: dict[str, Any]) -> None:
    """Print means with intervals."""
    print(title, flush=True)
    for key, value in found["all_test_patients"].items():
        if isinstance(value, dict):
            print(f"  {key}: {value['mean']:.3f} ({value['low']:.3f} to {value['high']:.3f})")
    cells, named = found["cells"], found["cell_patterns"]
    print(f"  cells found: precision {cells['precision']:.3f}, recall {cells['recall']:.3f}")
    alone, together = named["accuracy"], named["accuracy_in_field"]
    print(
        f"  {named['cells']} given cells named right: {alone:.3f}, in their fields {together:.3f}"
    )


def _together(counts: list[dict[str, int]]) -> dict[str, float]:
    """Return counts of all folds together, and what follows from them."""
    total = {key: sum(each[key] for each in counts) for key in counts[0]}
    found, right, annotated = total["found"], total["matched"], total["annotated"]
    return {
        **total,
        "precision": right / max(found, 1),
        "recall": right / max(annotated, 1),
        "f1": 2 * right / max(found + annotated, 1),
    }
