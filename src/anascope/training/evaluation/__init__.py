"""Measure a trained model on held-out patients, at patch, field and specimen level.

Patches as the published study cuts them (:func:`evaluate`), or whole fields and single cells as
a laboratory reads them (:class:`ReadFields`). The measures themselves are :mod:`anascope.metrics`.
"""

from anascope.training.evaluation._annotated_cells import annotated
from anascope.training.evaluation._evaluate import Evaluation, evaluate, field_masks, specimen_table
from anascope.training.evaluation._predict import FieldPrediction, predict_fields
from anascope.training.evaluation._whole_fields import (
    ReadFields,
    found_in,
    logit_columns,
    read_whole_fields,
    unknown_cells,
)

__all__ = [
    "Evaluation",
    "FieldPrediction",
    "ReadFields",
    "annotated",
    "evaluate",
    "field_masks",
    "found_in",
    "logit_columns",
    "predict_fields",
    "read_whole_fields",
    "specimen_table",
    "unknown_cells",
]
