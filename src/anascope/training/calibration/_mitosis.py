"""The rule that tells mitotic cells, fitted to annotated ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from anascope.cells import FEATURES, Layer, MitosisRule, features, measure_cells
from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.metrics import matched_cells
from anascope.training.evaluation import annotated, found_in

_HIDDEN, _ROUNDS = 16, 400  # of the network
_PARTS = 10  # that whole fields are held out in


def fit_mitosis(folder: Path, cohorts: Mapping[str, Cohort]) -> tuple[MitosisRule, dict[str, Any]]:
    """Fit the rule that recognises mitotic cells, on found cells that are annotated.

    Its accuracy is measured with whole fields held out (ten parts).

    Args:
        folder: Folder of a model that has not seen the real fields.
        cohorts: Cohorts with tables of cells, by name.

    Raises:
        InputError: if no annotated cell is mitotic, or they are in fewer than ten fields.
    """
    x, y, fields, origin = _annotated_cells(folder, cohorts)
    if len(set(fields)) < _PARTS or not 0 < y.sum() < len(y):
        counted = f"{int(y.sum())} mitotic of {len(y)} annotated cells in {len(set(fields))} fields"
        wanted = f"both kinds, in at least {_PARTS} fields"
        raise InputError(", ".join(cohorts), counted, wanted)
    model = make_pipeline(
        StandardScaler(),
        MLPClassifier((_HIDDEN,), alpha=1e-2, max_iter=_ROUNDS, random_state=0),
    )
    held_out = cross_val_predict(
        model, x, y, groups=fields, cv=GroupKFold(_PARTS), method="predict_proba"
    )[:, 1]
    model.fit(x, y)
    scaler, network = model[0], model[1]
    scores = {name: _scores(held_out[origin == name], y[origin == name]) for name in cohorts}
    rule = MitosisRule(
        mean=tuple(scaler.mean_.tolist()),
        scale=tuple(scaler.scale_.tolist()),
        layers=tuple(
            Layer(weights=tuple(map(tuple, weights.tolist())), bias=tuple(bias.tolist()))
            for weights, bias in zip(network.coefs_, network.intercepts_, strict=True)
        ),
        measured_on=", ".join(
            f"{name}: AUROC {score['auroc']:.3f}, recall {score['recall']:.3f}, precision "
            f"{score['precision']:.3f} over {score['cells']} cells"
            for name, score in scores.items()
        ),
    )
    return rule, {"features": list(FEATURES), "held_out_fields": scores}


def _annotated_cells(
    folder: Path, cohorts: Mapping[str, Cohort]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[str], NDArray[np.str_]]:
    """Return the found cells that are annotated: features, whether mitotic, field and cohort."""
    rows, mitotic, fields, origin = [], [], [], []
    for name, cohort in cohorts.items():
        if cohort.cells() is None:
            wanted = "a cohort whose cells are annotated"
            raise InputError(cohort.path, "no table of cells", wanted)
        for record, _, labels, _ in found_in(folder, cohort, cohort.fields):
            cells = measure_cells(labels, cohort.image(record), record.full_scale)
            truth = annotated(cohort, record)
            table = features(cells)
            for cell, annotation in matched_cells(cells, truth):
                rows.append(table[cell])
                mitotic.append(truth["kind"].iloc[annotation] == "mitotic_cell")
                fields.append(f"{name}/{record.field}")
                origin.append(name)
    return np.array(rows), np.array(mitotic), fields, np.array(origin)


def _scores(probabilities: NDArray[np.float64], mitotic: NDArray[np.bool_]) -> dict[str, Any]:
    called = probabilities >= 0.5
    return {
        "cells": len(mitotic),
        "mitotic": int(mitotic.sum()),
        "auroc": float(roc_auc_score(mitotic, probabilities)),
        "precision": float((called & mitotic).sum() / max(called.sum(), 1)),
        "recall": float((called & mitotic).sum() / max(mitotic.sum(), 1)),
    }
