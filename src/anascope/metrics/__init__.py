"""Measures of masks, patterns and intensities, and their intervals: functions on NumPy arrays.

Nothing here reads files or runs a network; :mod:`anascope.training.evaluation` does.

Counts come first and ratios later, so that any summary can be made again from what is stored;
a ratio of nothing is NaN, and what the truth does not say is left out.

>>> import numpy as np
>>> from anascope.metrics import mask_counts
>>> found = np.array([[True, True, False, False]])
>>> truth = np.array([[1, 0, 0, 2]], dtype=np.uint8)    # cell, background twice, unknown
>>> counts = mask_counts(found, truth)
>>> counts
MaskCounts(tp=1, fp=1, fn=0, tn=1)
>>> round(counts.dice, 3)
0.667

Predictions are kept as a table, and :func:`by_field` and :func:`by_specimen` decide on what
belongs together. The table of patches has one row a patch:

========================= ========== ==========================================================
column                    type       meaning
========================= ========== ==========================================================
field, specimen, patient  str        where the patch is from; patient may be missing
patch                     int        its number in the field
tp, fp, fn, tn            int        pixels, unknown ones left out; all 0 where there is no mask
``p_pattern_<class>``     float      probability of each class of the pattern space
``p_above_<level>``       float      probability that the intensity is above each level but the
                                     last
pattern, intensity        str, None  the labels, None where they are not known
========================= ========== ==========================================================

The tables of fields and specimens have the same columns from ``tp`` on, so the same
:func:`score` takes each of the three; ``patches`` is the number of patches that a row was
decided from.
"""

from anascope.metrics._bootstrap import LEVEL, RESAMPLES, SEED, Bootstrap, Value
from anascope.metrics._calibration import Calibration, calibration
from anascope.metrics._cells import (
    without_border_cells,
    without_unannotated_cells,
)
from anascope.metrics._classes import (
    accuracy,
    allowed_classes,
    class_recalls,
    confusion,
    macro_f1,
    mean_class_accuracy,
)
from anascope.metrics._intensity import (
    intensity_accuracy,
    intensity_auroc,
    intensity_aurocs,
    intensity_balanced_accuracy,
    predicted_levels,
)
from anascope.metrics._interval import Interval
from anascope.metrics._levels import (
    by_field,
    by_specimen,
    intensity_columns,
    pattern_columns,
)
from anascope.metrics._mask import (
    MaskCounts,
    inner_mask_counts,
    mask_counts,
    without_border_components,
)
from anascope.metrics._matching import BOX, matched_cells
from anascope.metrics._roc import RocCurve, roc_curve
from anascope.metrics._scores import score

__all__ = [
    "BOX",
    "LEVEL",
    "RESAMPLES",
    "SEED",
    "Bootstrap",
    "Calibration",
    "Interval",
    "MaskCounts",
    "RocCurve",
    "Value",
    "accuracy",
    "allowed_classes",
    "by_field",
    "by_specimen",
    "calibration",
    "class_recalls",
    "confusion",
    "inner_mask_counts",
    "intensity_accuracy",
    "intensity_auroc",
    "intensity_aurocs",
    "intensity_balanced_accuracy",
    "intensity_columns",
    "macro_f1",
    "mask_counts",
    "matched_cells",
    "mean_class_accuracy",
    "pattern_columns",
    "predicted_levels",
    "roc_curve",
    "score",
    "without_border_cells",
    "without_border_components",
    "without_unannotated_cells",
]
