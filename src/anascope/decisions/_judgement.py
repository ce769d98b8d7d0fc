"""What is measured on held-out patients and kept with the weights."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Judgement(BaseModel):
    """How a model's logits are to be read.

    Attributes:
        temperature: Divides the pattern's logits: over 1 where the network is too sure.
        intensity_temperature: The same for the intensity.
        limits: By coverage, written as ``"0.9"``: the least probability with which a pattern is in
            the set. Empty where nothing was measured; then no set is given.
        measured_on: On whom, in words.
        specimens: How many.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: Annotated[float, Field(gt=0)] = 1.0
    intensity_temperature: Annotated[float, Field(gt=0)] = 1.0
    limits: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    measured_on: str = "nothing: probabilities are the network's own"
    specimens: Annotated[int, Field(ge=0)] = 0

    @property
    def calibrated(self) -> bool:
        """Whether anything was measured. If not, no set of patterns can be given."""
        return bool(self.limits)
