"""What is known of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from anascope._version import __version__
from anascope.cells import MitosisRule
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import read_json
from anascope.presets import Preset
from anascope.words import RESEARCH_USE, IntensityScale, PatternSpace

CARD = "card.json"
"""Name of the file in a model's folder."""
STRIDE = "stride"
"""Key in the metadata of an exported network: pixels on each side of a place of its embedding."""


class ModelCard(BaseModel):
    """The card that stands beside a model's weights.

    A pattern or a level that the vocabulary does not know is an :class:`InputError`.

    Attributes:
        preset: The preset that it was trained with.
        patterns: Pattern classes, in the order of the network's outputs.
        intensities: Intensity levels, from dark to bright.
        data: What it was trained on: cohort, fingerprint, fold, patients.
        metrics: How it did, and on what.
        judgement: How its logits are to be read, as measured on held-out patients.
        mitosis: Which cells are in mitosis, or None if that was not learned.
        name: What it is called where there are several.
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
    judgement: Judgement = Judgement()
    mitosis: MitosisRule | None = None
    name: str = ""
    weights_sha256: str = ""
    use: str = f"{RESEARCH_USE} The licence of the training images applies to the weights as well."
    written_by: str = f"anascope {__version__}"

    @field_validator("patterns")
    @classmethod
    def _known_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return PatternSpace(patterns).classes

    @field_validator("intensities")
    @classmethod
    def _known_intensities(cls, levels: tuple[str, ...]) -> tuple[str, ...]:
        return IntensityScale(levels).levels

    @property
    def pattern_space(self) -> PatternSpace:
        """The pattern classes as a space of labels."""
        return PatternSpace(self.patterns)

    @property
    def intensity_scale(self) -> IntensityScale:
        """The intensity levels as a scale."""
        return IntensityScale(self.intensities)


def read_card(folder: str | Path) -> ModelCard:
    """Read the card in a model's folder.

    Raises:
        InputError: if there is none, or it is of another kind.
    """
    path = Path(folder) / CARD
    if not path.is_file():
        raise InputError(folder, "not a model", f"a folder with {CARD} and weights")
    card = read_json(path)
    try:
        return ModelCard.model_validate(card)
    except InputError as error:
        raise InputError(path, f"{error.where}: {error.found}", error.expected) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(path, f"'{key}': {first['msg']}", "a model card") from None
