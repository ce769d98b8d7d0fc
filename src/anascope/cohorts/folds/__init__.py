"""Patient-wise folds of a cohort: draw them, write them as JSON, read them back, check them.

No patient is in two of training, validation and test.
"""

from anascope.cohorts.folds._count import count_folds
from anascope.cohorts.folds._draw import draw_folds
from anascope.cohorts.folds._plan import Fold, FoldPlan, read_folds, write_folds

__all__ = [
    "Fold",
    "FoldPlan",
    "count_folds",
    "draw_folds",
    "read_folds",
    "write_folds",
]
