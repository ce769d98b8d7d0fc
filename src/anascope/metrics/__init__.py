"""Measures of masks, patterns and intensities, at patch, field and specimen level.

Counts come first and ratios later; what is undefined is NaN.

>>> import numpy as np
>>> from anascope.metrics import mask_counts
>>> counts = mask_counts(np.array([[True, True]]), np.array([[1, 0]], dtype=np.uint8))
>>> counts.dice
0.6666666666666666
"""

from anascope.metrics._classes import ClassScores, class_scores
from anascope.metrics._intensity import IntensityScores, intensity_scores
from anascope.metrics._levels import to_fields, to_specimens
from anascope.metrics._mask import (
    MaskCounts,
    mask_counts,
    without_border_cells,
    without_border_components,
)
from anascope.metrics._scores import score

__all__ = [
    "ClassScores",
    "IntensityScores",
    "MaskCounts",
    "class_scores",
    "intensity_scores",
    "mask_counts",
    "score",
    "to_fields",
    "to_specimens",
    "without_border_cells",
    "without_border_components",
]
