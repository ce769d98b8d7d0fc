"""Measure a trained model on held-out patients, at patch, field and specimen level."""

from anascope.training.evaluation._evaluate import Evaluation, evaluate, field_masks, specimen_table
from anascope.training.evaluation._predict import FieldPrediction, predict_fields
from anascope.training.evaluation._report import evaluate_run

__all__ = [
    "Evaluation",
    "FieldPrediction",
    "evaluate",
    "evaluate_run",
    "field_masks",
    "predict_fields",
    "specimen_table",
]
