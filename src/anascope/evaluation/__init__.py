"""Measure a trained model on held-out patients, at patch, field and specimen level."""

from anascope.evaluation._evaluate import Evaluation, evaluate, field_masks, specimen_table
from anascope.evaluation._predict import FieldPrediction, predict_fields
from anascope.evaluation._report import evaluate_run

__all__ = [
    "Evaluation",
    "FieldPrediction",
    "evaluate",
    "evaluate_run",
    "field_masks",
    "predict_fields",
    "specimen_table",
]
