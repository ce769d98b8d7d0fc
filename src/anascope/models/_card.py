"""What is known of a model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anascope._version import __version__
from anascope.presets import Preset
from anascope.words import IntensityScale, PatternSpace


class ModelCard(BaseModel):
    """The card that stands beside a model's weights.

    Attributes:
        preset: The preset that it was trained with.
        patterns: Pattern classes, in the order of the network's outputs.
        intensities: Intensity levels, from dark to bright.
        data: What it was trained on: cohort, fingerprint, fold, patients.
        metrics: How it did, and on what.
        weights_sha256: Hash of the weights file.
        use: What it is for.
        written_by: Version of anascope.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["anascope-model"] = "anascope-model"
    version: Literal[1] = 1
    preset: Preset
    patterns: tuple[str, ...]
    intensities: tuple[str, ...]
    data: dict[str, Any] = {}
    metrics: dict[str, Any] = {}
    weights_sha256: str = ""
    use: str = (
        "Research use only; not a medical device. The licence of the training images applies "
        "to the weights as well."
    )
    written_by: str = f"anascope {__version__}"

    @property
    def pattern_space(self) -> PatternSpace:
        """The pattern classes as a space of labels."""
        return PatternSpace(self.patterns)

    @property
    def intensity_scale(self) -> IntensityScale:
        """The intensity levels as a scale."""
        return IntensityScale(self.intensities)
