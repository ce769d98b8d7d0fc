"""How strong the patterns of a mixed serum are beside each other."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from anascope.settings import Section
from anascope.synthetic.stains import Range


class Titres(Section):
    """Of sera with several patterns: how bright a further one is, over the first."""

    alike: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the further patterns that have the titre of the first."""
    same: Range = Range(between=(0.85, 1.2))
    """Brightness of those."""
    lower: Range = Range(between=(0.35, 0.8))
    """Brightness of the others, which have a lower titre."""

    def draw(self, rng: np.random.Generator) -> float:
        """Draw the brightness of a further pattern."""
        if self.alike and rng.random() < self.alike:
            return self.same.draw(rng)
        return self.lower.draw(rng)
