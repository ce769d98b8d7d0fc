"""Measures of masks and of classes, and their intervals: functions on NumPy arrays.

Nothing here reads files, runs a network or knows a task; :mod:`anascope.tasks` defines the answers
of each task, and :mod:`anascope.training.evaluation` measures models.

Counts come first and ratios later: a measure is a function of sums, so any summary can be computed
again from stored counts. A ratio of nothing is NaN, and what the truth leaves unknown is left out.

>>> import numpy as np
>>> from anascope.metrics import mask_counts
>>> found = np.array([[True, True, False, False]])
>>> truth = np.array([[1, 0, 0, 2]], dtype=np.uint8)    # cell, background twice, unknown
>>> counts = mask_counts(found, truth)
>>> counts
MaskCounts(tp=1, fp=1, fn=0, tn=1)
>>> round(counts.dice, 3)
0.667
"""

from anascope.metrics._answers import Answers
from anascope.metrics._calibration import Calibration, calibration
from anascope.metrics._cells import (
    without_border_cells,
    without_unannotated_cells,
)
from anascope.metrics._instances import (
    IOU_THRESHOLDS,
    InstancePairs,
    cell_ap,
    cell_ap_at,
    instance_pairs,
    instance_sums,
    panoptic_quality,
    shared_outline_sums,
)
from anascope.metrics._interval import LEVEL, Interval, Jackknife, Value
from anascope.metrics._mask import MaskCounts, mask_counts, without_border_components
from anascope.metrics._matching import BOX, matched_cells
from anascope.metrics._roc import RocCurve, roc_curve
from anascope.metrics._screening import (
    MixtureScores,
    Screening,
    exact_share,
    mixture_scores,
    screening,
)
from anascope.metrics._sums import (
    Floats,
    dice,
    iou,
    macro_f1,
    mean_auroc,
    mean_of_defined,
    mean_recall,
    pixel_accuracy,
    ratio,
    recalls,
    share,
)

__all__ = [
    "BOX",
    "IOU_THRESHOLDS",
    "LEVEL",
    "Answers",
    "Calibration",
    "Floats",
    "InstancePairs",
    "Interval",
    "Jackknife",
    "MaskCounts",
    "MixtureScores",
    "RocCurve",
    "Screening",
    "Value",
    "calibration",
    "cell_ap",
    "cell_ap_at",
    "dice",
    "exact_share",
    "instance_pairs",
    "instance_sums",
    "iou",
    "macro_f1",
    "mask_counts",
    "matched_cells",
    "mean_auroc",
    "mean_of_defined",
    "mean_recall",
    "mixture_scores",
    "panoptic_quality",
    "pixel_accuracy",
    "ratio",
    "recalls",
    "roc_curve",
    "screening",
    "share",
    "shared_outline_sums",
    "without_border_cells",
    "without_border_components",
    "without_unannotated_cells",
]
