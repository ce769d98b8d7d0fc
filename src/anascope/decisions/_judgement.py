"""What is measured on held-out patients and kept with the weights."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from anascope.decisions._chromatin import ChromatinVote


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


NEVER = math.nextafter(1.0, 2.0)
"""The cut-off that no probability reaches."""

Cutoff = Annotated[float, Field(ge=0, le=NEVER)]


class Judgement(BaseModel):
    """How a model's logits become decisions.

    Attributes:
        temperature: Divides the pattern's logits; over 1 if the network is overconfident.
        intensity_temperature: The same for the intensity.
        intensity_border: The intensity's logit from which a specimen is above a level, as a
            laboratory's people grade (:func:`~anascope.decisions.fit_border`); None where it is
            the network's own: 0.
        limits: The smallest probability with which a pattern is in the set, by coverage, written as
            ``"0.9"``. Empty if nothing was measured; then no set is given.
        mixture_cutoff: The probability of several patterns at or over which a serum is said to show
            two; None where it was not fitted (:func:`~anascope.decisions.fit_mixture_cutoff`): then
            no serum is.
        negative_cutoff: The probability of ``negative`` at or over which, and nowhere else, a serum
            is said to be negative (:func:`~anascope.decisions.fit_negative_cutoff`); None where it
            was not fitted: then it is told as any pattern.
        chromatin: How much dividing cells say of the pattern by their chromatin; None where it was
            not fitted (:func:`~anascope.decisions.fit_chromatin_vote`): then they say nothing.
        measured_on: The patients on whom it was measured, in words.
        specimens: Number of specimens on which it was measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: Temperature = 1.0
    intensity_temperature: Temperature = 1.0
    intensity_border: float | None = None
    limits: dict[
        Annotated[str, AfterValidator(_coverage)], Annotated[float, Field(ge=0, le=1)]
    ] = {}
    mixture_cutoff: Cutoff | None = None
    negative_cutoff: Cutoff | None = None
    chromatin: ChromatinVote | None = None
    measured_on: str = "nothing: probabilities are the network's own"
    specimens: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _measured_together(self) -> Self:
        cutoffs = {"mixture": self.mixture_cutoff, "negative": self.negative_cutoff}
        for name, cutoff in cutoffs.items():
            if cutoff is not None and not self.limits:
                raise ValueError(f"{name}_cutoff {cutoff:g} without limits; expected both or none")
        return self

    @property
    def calibrated(self) -> bool:
        """Whether anything was measured. If not, no candidate set can be given."""
        return bool(self.limits)
