"""How the values of stains differ from serum to serum: distributions, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Self

import numpy as np
from pydantic import Field, RootModel, model_validator

from anascope.settings import Section, as_settings, read_settings

Shape = Annotated[float, Field(gt=0)]


class Range(Section):
    """Where a value of a stain lies."""

    between: tuple[float, float]
    """The lowest and the highest value; all between are alike unless ``beta`` is given."""
    beta: tuple[Shape, Shape] | None = None
    """Shapes of a beta distribution between them."""
    absent: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of sera in which the value is 0."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        low, high = self.between
        if low > high:
            raise ValueError(f"between {low:g} and {high:g}; expected the lower one first")
        return self

    def draw(self, rng: np.random.Generator) -> float:
        """Draw the value of one serum."""
        low, high = self.between
        value = (
            rng.uniform(low, high)
            if self.beta is None
            else low + (high - low) * rng.beta(*self.beta)
        )
        if self.absent:
            # Even odds are drawn as a whole number: what was drawn before keeps its pixels.
            odds = None if self.absent == 0.5 else [self.absent, 1 - self.absent]
            value = rng.choice([0.0, value], p=odds)
        return float(value)


Ranges = Mapping[str, Range]
"""Ranges of a stain by the names of its values, in the order in which they are drawn."""


class _File(RootModel[dict[str, dict[str, Range]]]):
    """Ranges by pattern."""


@cache
def shipped_ranges() -> Mapping[str, Ranges]:
    """Return the ranges of every pattern that can be drawn."""
    return as_settings(_File, *read_settings("ranges", "ranges", "anascope.synthetic.stains")).root
