"""What is measured on held-out patients and kept with the weights."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _coverage(text: str) -> str:
    """Return a coverage as limits are looked up by: ``"0.9"``, and neither ``"0.90"`` nor 90%."""
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not (0 < share < 1 and text == f"{share:g}"):
        raise ValueError(f"coverage '{text:.20}'; expected a number between 0 and 1, such as '0.9'")
    return text


Temperature = Annotated[float, Field(ge=0.01, le=100)]
"""Five times as wide as temperatures are looked for; more would be certain of all or of nothing."""


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

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: Temperature = 1.0
    intensity_temperature: Temperature = 1.0
    limits: dict[
        Annotated[str, AfterValidator(_coverage)], Annotated[float, Field(ge=0, le=1)]
    ] = {}
    measured_on: str = "nothing: probabilities are the network's own"
    specimens: Annotated[int, Field(ge=0)] = 0

    @property
    def calibrated(self) -> bool:
        """Whether anything was measured. If not, no set of patterns can be given."""
        return bool(self.limits)
