"""What is known of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, field_validator

from anascope._version import __version__
from anascope.cells import MitosisRule
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import sha256_of, to_json
from anascope.presets import Preset
from anascope.settings import Section, as_plain, read_file, write_file
from anascope.words import RESEARCH_USE, IntensityScale, PatternSpace, Vocabulary

CARD = "card.json"
WEIGHTS = "weights.safetensors"
ONNX = "network.onnx"
"""Names of the files in a model's folder: the card, the weights, and the exported network."""
STRIDE = "stride"
"""Key in the metadata of an exported network: pixels on each side of a place of its embedding."""

HALO = "halo"
"""Key there: pixels around a part of a field on which what it says of that part depends."""

FIELD_HEAD = "field_head"
"""Key there, of a network that has one: the field head as a network of its own, in Base64. A field
that is read in tiles is answered by it from the sums over all of them."""

_ALL_LEARNED = (
    "The model's card does not say which heads learned from labels: all are assumed to have."
)

_MOST_BYTES = 10_000_000  # of a card
_LATER_JUDGEMENTS = ("mixture_cutoff", "negative_cutoff", "chromatin", "intensity_border")
_LATER_HEADS = ("mixture",)
_LATER_AUGMENTATIONS = ("spectrum",)
_LATER_NETWORKS = {"field_hidden": 0}
_LATER_TRAININGS = {"learned": "all"}
# Keys that do not count in the identity where they say nothing, so that it stays that of a card of
# an earlier version, whose readings are kept.
_HASHED_WEIGHTS_ALONE = "weights_sha256"  # the key of cards that knew of no other file


def _by_name(value: object) -> object:
    """Return the hashes by file, of a card that has only one for the weights as well."""
    return {WEIGHTS: value} if isinstance(value, str) else value


Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def _without(values: dict[str, Any], later: Sequence[str]) -> dict[str, Any]:
    """Return what is said without those of the later keys that say nothing."""
    return {
        key: value
        for key, value in values.items()
        if key not in later or (value is not None and value is not False)
    }


class Learned(Section):
    """Which heads of a network learned from at least one label; the others give no answer.

    ``mask`` is the head that finds cells, ``pattern`` the one that names patterns, and
    ``intensity`` the one that grades brightness. ``cells``, which separates single cells, and
    ``mixture``, which recognises sera of several patterns, exist only in some networks.
    """

    mask: bool = True
    pattern: bool = True
    intensity: bool = True
    cells: bool = False
    mixture: bool = False


class ModelCard(Section):
    """The card that stands beside a model's weights.

    A pattern or a level that the vocabulary does not know is refused.

    Attributes:
        preset: The preset with which it was trained.
        patterns: Pattern classes, in the order of the network's outputs.
        intensities: Intensity levels, from dark to bright.
        data: The training data: cohort, fingerprint, fold, patients.
        metrics: Its scores, and on what they were measured.
        judgement: How its logits become decisions, as measured on held-out patients.
        mitosis: Which cells are in mitosis, or None if that was not learned.
        learned: Which heads learned from a label; if a card does not state it, all are assumed to
            have.
        name: Its name, if there are several.
        files: SHA-256 of each file of the model's folder, by its name; what is not here, or is
            another file than the one that was hashed, is never run.
        use: What it is for.
        written_by: Version of anascope.
    """

    format: Literal["anascope-model"] = "anascope-model"
    version: Literal[1] = 1
    preset: Preset
    patterns: tuple[str, ...]
    intensities: tuple[str, ...]
    data: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, Any] = Field(default_factory=dict)
    judgement: Judgement = Judgement()
    mitosis: MitosisRule | None = None
    learned: Learned | None = None
    name: str = ""
    files: Annotated[dict[str, Sha256], BeforeValidator(_by_name)] = Field(
        default_factory=dict, validation_alias=AliasChoices("files", _HASHED_WEIGHTS_ALONE)
    )
    use: str = f"{RESEARCH_USE} The licence of the training images applies to the weights as well."
    written_by: str = f"anascope {__version__}"

    @field_validator("patterns")
    @classmethod
    def _known_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return PatternSpace(patterns).classes
        except InputError as error:
            raise ValueError(f"{error.found}; expected {error.expected}") from None

    @field_validator("intensities")
    @classmethod
    def _known_intensities(cls, levels: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return IntensityScale(levels).levels
        except InputError as error:
            raise ValueError(f"{error.found}; expected {error.expected}") from None

    @property
    def vocabulary(self) -> Vocabulary:
        """The classes that the network distinguishes."""
        return Vocabulary(self.pattern_space, self.intensity_scale)

    @property
    def pattern_space(self) -> PatternSpace:
        """The pattern classes as a space of labels."""
        return PatternSpace(self.patterns)

    @property
    def intensity_scale(self) -> IntensityScale:
        """The intensity levels as a scale."""
        return IntensityScale(self.intensities)

    @property
    def heads(self) -> Learned:
        """Which heads learned from a label: all, if the card does not state it."""
        tasks = self.preset.tasks
        return self.learned or Learned(cells="cells" in tasks, mixture="mixture" in tasks)

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the card does not state, and what is assumed instead, in whole sentences."""
        return () if self.learned is not None else (_ALL_LEARNED,)

    @property
    def identity(self) -> str:
        """SHA-256 of everything that determines how an image is read.

        It covers the weights, the preset, the vocabulary, the judgement, the rule for mitotic cells
        and which heads learned. The description of the model (its name, data and metrics), and
        files that are made from the weights, such as an exported network, do not change it.
        """
        preset = as_plain(self.preset)
        for key in _LATER_AUGMENTATIONS:
            if not preset["augmentation"][key]:
                del preset["augmentation"][key]
        for section, later in (("network", _LATER_NETWORKS), ("training", _LATER_TRAININGS)):
            for key, usual in later.items():
                if preset[section][key] == usual:
                    del preset[section][key]
        deciding = {
            "weights": self.files.get(WEIGHTS),
            "preset": preset,
            "patterns": self.patterns,
            "intensities": self.intensities,
            "judgement": _without(as_plain(self.judgement), _LATER_JUDGEMENTS),
            "mitosis": None if self.mitosis is None else as_plain(self.mitosis),
            "learned": _without(as_plain(self.heads), _LATER_HEADS),
        }
        return sha256_of(to_json(deciding).encode())


def read_card(folder: str | Path) -> ModelCard:
    """Read the card in a model's folder.

    Raises:
        InputError: if there is none, or it is of another kind.
    """
    path = Path(folder) / CARD
    if not path.exists():
        raise InputError(folder, "not a model", f"a folder with {CARD} and weights")
    return read_file(ModelCard, path, most=_MOST_BYTES)


def write_card(folder: str | Path, card: ModelCard) -> None:
    """Write the card into a model's folder."""
    write_file(Path(folder) / CARD, card)
