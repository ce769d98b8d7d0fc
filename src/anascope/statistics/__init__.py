"""Intervals by bootstrap over patients.

>>> import numpy as np
>>> from anascope.statistics import Bootstrap
>>> right_and_all = np.array([[15.0, 15.0], [9.0, 15.0], [12.0, 15.0]])    # of three patients
>>> found = Bootstrap(3).interval(right_and_all, lambda sums: sums[..., 0] / sums[..., 1])
>>> round(found.estimate, 3), round(found.low, 3), round(found.high, 3)
(0.8, 0.6, 1.0)
"""

from anascope.statistics._bootstrap import LEVEL, RESAMPLES, SEED, Bootstrap, Value
from anascope.statistics._interval import Interval

__all__ = ["LEVEL", "RESAMPLES", "SEED", "Bootstrap", "Interval", "Value"]
