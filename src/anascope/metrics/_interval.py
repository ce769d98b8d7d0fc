"""An estimate with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the interval that it lies in; NaN where it is not defined.

    Attributes:
        estimate: From the whole sample.
        low: Lower end.
        high: Upper end.
    """

    estimate: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside; False where an end is not defined."""
        return self.low > 0 or self.high < 0

    @property
    def defined(self) -> bool:
        """Whether estimate and both ends are numbers."""
        return not any(math.isnan(value) for value in (self.estimate, self.low, self.high))
