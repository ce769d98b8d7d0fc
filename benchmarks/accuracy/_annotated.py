"""What a network finds of cells that people annotated by boxes: cells, division, chromatin."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_auc_score

from anascope.cells import MITOTIC_FROM, chromatin_contrast, measure_cells
from anascope.cohorts import Cohort
from anascope.metrics import matched_cells
from anascope.records import FieldRecord
from anascope.training.evaluation import annotated, unknown_cells
from benchmarks.accuracy._chromatin import DividingCell, ReadPattern, decisions, limits
from benchmarks.accuracy._single_cells import FoundField


class FoundCell(NamedTuple):
    """A cell that was found and counts.

    Attributes:
        fold: In which it was tested.
        probability: That it divides.
        annotated: Whether it is the cell of a box.
        dividing: Whether annotators say that it divides; False where they say nothing.
    """

    fold: str
    probability: float
    annotated: bool
    dividing: bool


class Annotated:
    """Cells found, and dividing ones told, of those that people annotated by boxes."""

    def __init__(self) -> None:
        self._known = 0
        self._dividing: dict[str, int] = {}
        self._found: list[FoundCell] = []
        self._chromatin: list[DividingCell] = []
        self._patterns: list[ReadPattern] = []

    def add(self, cohort: Cohort, field: FoundField, fold: str) -> None:
        """Add a field that was tested in a fold."""
        record, labels, dividing = field.record, field.cells(True), field.dividing
        cells = measure_cells(labels, cohort.image(record), record.full_scale)
        truth = annotated(cohort, record)
        mitotic = (truth["kind"] == "mitotic_cell").to_numpy()
        counted = ~cells.at_border & ~unknown_cells(cells, labels, cohort.mask(record))
        theirs = dict(matched_cells(cells, truth))
        self._known += len(truth)
        self._dividing[fold] = self._dividing.get(fold, 0) + int(mitotic.sum())
        self._found += [
            FoundCell(
                fold,
                float(dividing[cell]),
                cell in theirs,
                cell in theirs and bool(mitotic[theirs[cell]]),
            )
            for cell in sorted({*np.flatnonzero(counted).tolist(), *theirs})
        ]
        contrast, chromatin = chromatin_contrast(cells), _known_chromatin(cohort, record)
        self._chromatin += [
            DividingCell(fold, float(contrast[cell]), chromatin[name] == "stained")
            for cell, index in theirs.items()
            if mitotic[index] and (name := truth["cell"].iloc[index]) in chromatin
        ]
        if record.pattern is not None:
            contrasts = contrast[dividing >= MITOTIC_FROM]
            logits = field.output.pattern
            self._patterns.append(ReadPattern(fold, record.pattern, field.space, logits, contrasts))

    def results(self) -> dict[str, Any]:
        """Return counts, F1 of cells and of dividing cells, and the AUROC of the latter.

        A dividing cell that is not found at all is a missed one; the AUROC is over annotated cells
        that were found. ``limits_from_other_folds`` says a cell divides from the probability that
        has the highest F1 in the other folds.
        """
        found, matched = len(self._found), [cell for cell in self._found if cell.annotated]
        others = {fold: self._best_limit(fold) for fold in self._dividing}
        return {
            "cells": {
                "annotated": self._known,
                "found": found,
                "matched": len(matched),
                "f1": 2 * len(matched) / max(found + self._known, 1),
            },
            "dividing": {
                "true": sum(self._dividing.values()),
                "found": sum(cell.dividing for cell in matched),
                "auroc": float(
                    roc_auc_score(
                        [cell.dividing for cell in matched],
                        [cell.probability for cell in matched],
                    )
                ),
                **self._dividing_found(dict.fromkeys(self._dividing, MITOTIC_FROM)),
                "limits_from_other_folds": {"limits": others, **self._dividing_found(others)},
            },
            "chromatin": limits(self._chromatin),
            "patterns": decisions(self._patterns),
        }

    def _dividing_found(self, limits: dict[str, float]) -> dict[str, Any]:
        """Return how many cells are told to divide, and rightly so, by the limit of each fold."""
        found = [cell for cell in self._found if cell.probability >= limits[cell.fold]]
        right = sum(cell.dividing for cell in found)
        true = sum(self._dividing.values())
        return {"told": len(found), "right": right, "f1": 2 * right / max(len(found) + true, 1)}

    def _best_limit(self, but: str) -> float:
        """Return the limit with the highest F1 over all folds but one."""
        cells = [cell for cell in self._found if cell.fold != but]
        if not any(cell.dividing for cell in cells):
            return MITOTIC_FROM
        precision, recall, limits = precision_recall_curve(
            [cell.dividing for cell in cells], [cell.probability for cell in cells]
        )
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        return float(limits[int(np.argmax(f1[:-1]))])


def _known_chromatin(cohort: Cohort, record: FieldRecord) -> dict[str, str]:
    """Return what annotators said of the chromatin of cells, by their names."""
    cells = cohort.cells_of(record)
    return {cell.cell: cell.chromatin for cell in cells if cell.chromatin is not None}
