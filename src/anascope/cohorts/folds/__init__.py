"""Patient-wise folds of a cohort: draw them, write them as JSON, read them back, check them.

No patient is in two of training, validation and test.
"""

from anascope.cohorts.folds._count import count_folds
from anascope.cohorts.folds._draw import draw_folds
from anascope.cohorts.folds._plan import Fold, FoldPlan, read_folds, write_folds
from anascope.cohorts.folds._untrained import UntrainedClass, untrained_classes, untrained_line

__all__ = [
    "Fold",
    "FoldPlan",
    "UntrainedClass",
    "count_folds",
    "draw_folds",
    "read_folds",
    "untrained_classes",
    "untrained_line",
    "write_folds",
]
