"""What a preset says, with the meaning, unit and range of every key."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from anascope.defaults import LARGEST_UM, SEED, SMALLEST_UM
from anascope.errors import InputError, did_you_mean
from anascope.settings import Section
from anascope.words import TASK_NAMES, nucleus_pixels

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]

_SMALLEST_PATCH = 16  # what the encoder of the published study makes one place of


class ImagePreset(Section):
    """What the network sees of a field."""

    patch_size: Annotated[int, Field(ge=16, le=8192)] = 384
    """Side of a patch: in pixels of the field as stored, or, with pixel_size_um, of the network."""
    scale: Annotated[float, Field(ge=0.01, le=4)] = 1.0
    """By how much a field is resized before patches are cut: 0.5 halves its sides."""
    pixel_size_um: Annotated[float, Field(ge=SMALLEST_UM, le=LARGEST_UM)] | None = None
    """Instead of scale: fields are resized such that a pixel of the network is so wide on the
    specimen, whatever microscope they come from."""
    views: Annotated[
        tuple[Literal["raw", "log", "field", "local"], ...], Field(min_length=1, max_length=16)
    ] = ("raw", "raw", "raw")
    """Channels made of the grey image: as it is, on a logarithmic scale, normalised by the
    field, or by the neighbourhood. The published study repeats the grey image three times."""

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.pixel_size_um is not None and self.scale != 1.0:
            raise ValueError("scale beside pixel_size_um; expected one of them")
        if self.network_size < _SMALLEST_PATCH:
            found = f"patch_size {self.patch_size} at scale {self.scale:g}"
            expected = f"patches of at least {_SMALLEST_PATCH} pixels for the network"
            raise ValueError(f"{found}; expected {expected}")
        return self

    @property
    def network_size(self) -> int:
        """Side of a patch in pixels of the network's input."""
        return round(self.patch_size * self.scale)

    @property
    def neighbourhood(self) -> float:
        """Side, in pixels of the network's input, of the surroundings that local contrast is of.

        They are as wide as a nucleus.
        """
        return nucleus_pixels(self.pixel_size_um) * self.scale

    def scale_of(self, pixel_size_um: float | None, where: str) -> float:
        """Return by how much to resize a field.

        Args:
            pixel_size_um: Of the field, or None if it is not known.
            where: The field, for messages.

        Raises:
            InputError: if the preset asks for a pixel size and that of the field is not known.
        """
        if self.pixel_size_um is None:
            return self.scale
        if pixel_size_um is None:
            wanted = f"one: the network reads fields at {self.pixel_size_um} µm a pixel"
            raise InputError(where, "no pixel size", wanted)
        return pixel_size_um / self.pixel_size_um


class NetworkPreset(Section):
    """The joint network."""

    encoder: Literal[
        "plain",
        "residual",
        "resnet34",
        "efficientnet-lite0",
        "efficientnet-lite1",
        "efficientnet-lite2",
    ] = "residual"
    """Double convolutions (the original), one ResNet basic block a step (the published study),
    the whole ResNet34, or that of EfficientNet-Lite0, 1 or 2."""
    width: Annotated[int, Field(ge=1, le=1024)] = 64
    """Channels of the first feature map; the others are multiples of it."""
    head: Literal["flatten", "pooled", "dense"] = "pooled"
    """From what pattern and intensity are predicted: the flattened embedding, its mean, or every
    position of it, averaged over the cells."""
    hidden: Annotated[int, Field(ge=1, le=16384)] = 512
    """Width of the hidden layers of the pattern and intensity heads."""
    field_hidden: Annotated[int, Field(ge=0, le=16384)] = 0
    """Width of the hidden layer of the field head, which names the pattern from all cells of a
    field together, dividing ones apart; it learns after the rest of the network. 0: none."""
    imagenet_weights: str | None = None
    """File of ImageNet weights to start the encoder from: ResNet34's in torchvision's layout, or
    those of EfficientNet-Lite."""
    start: str | None = None
    """Folder of a trained model to start from: fine-tuning. It brings its pattern classes and
    intensity levels."""


class LossPreset(Section):
    """The losses of the tasks."""

    mask: Literal["dice", "bce"] = "dice"
    """Loss of the mask. Pattern has cross-entropy and intensity binary cross-entropy."""
    pattern: Literal["field", "places"] = "field"
    """Whether the cross-entropy is computed for the pattern of the patch, or, with a dense head, at
    every position that is cell, so that each cell is learned by itself."""


BalancerName = Literal[
    "gradnorm",
    "gradnorm-stable",
    "fixed",
    "uncertainty",
    "dwa",
    "upgrad",
    "dualproj",
    "pcgrad",
    "mgda",
    "imtl-g",
    "aligned-mtl",
    "graddrop",
    "cagrad",
    "nash-mtl",
    "random",
]


_WITHOUT_SHARED_GRADIENTS = ("fixed", "uncertainty", "dwa")
# The balancers that need no weight that all tasks share and that learns.


class BalancingPreset(Section):
    """How the losses of the tasks become one update."""

    balancer: BalancerName = "gradnorm-stable"
    """GradNorm, its variant for any alpha, constant weights, uncertainty weights, dynamic weight
    average, or an aggregator of TorchJD for Jacobian descent (extra ``torchjd``; ``solvers`` for
    cagrad and nash-mtl)."""
    alpha: Annotated[float, Field(ge=0)] = 0.6
    """GradNorm's only hyper-parameter: the strength of the pull to equal training rates; at 0 all
    tasks get the same gradient norm, however fast they train."""
    learning_rate: Positive = 1e-4
    """Learning rate of the weights of GradNorm and of uncertainty weights."""
    weights: tuple[Positive, ...] = ()
    """Constant weights of the tasks in their order, for the balancer ``fixed``; 1 each if none are
    given."""
    temperature: Positive = 2.0
    """Temperature of dynamic weight average: the higher, the more even the weights."""
    jacobian: Literal["parameters", "features"] = "parameters"
    """Where Jacobian descent takes the tasks' gradients: at the shared parameters, exact, or at
    the shared features, with one backward pass through the encoder instead of one a task."""

    @field_validator("balancer", mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        known = get_args(BalancerName)
        if isinstance(value, str) and value not in known:
            raise ValueError(f"'{value}'; expected {did_you_mean(value, known)}")
        return value


class AugmentationPreset(Section):
    """Random changes to training patches."""

    flips: bool = False
    """Patches are mirrored, half of them."""
    right_angles: bool = False
    """Patches are rotated by 0, 90, 180 or 270 degrees."""
    scale: Annotated[float, Field(ge=1, le=2)] = 1.0
    """Patches are resized by a factor between 1 / scale and scale."""
    stain: Annotated[float, Field(ge=1, le=3)] = 1.0
    """Between the field's dark and bright levels the signal is raised to a power between 1 / stain
    and stain: dim parts of a cell become dimmer or brighter against its bright ones."""
    blur: Annotated[float, Field(ge=0, le=5)] = 0.0
    """Standard deviation of a Gaussian blur, up to this many pixels at the network's scale."""
    illumination: Share = 0.0
    """Light falls off across the patch, from up to 1 + illumination to 1 - illumination."""
    brightness: Share = 0.0
    """The signal is multiplied by a factor between 1 - brightness and 1 + brightness."""
    noise: Share = 0.0
    """Standard deviation of added noise, up to this share of the field's range of signal."""
    spectrum: Share = 0.0
    """Amplitudes of wavelengths over 20 pixels move towards those of another patch of the batch, by
    up to this share of the way."""


class SamplingPreset(Section):
    """Which patches an epoch has."""

    patches: Annotated[int, Field(ge=0)] = 0
    """Number of patches in an epoch; 0 means all."""
    cohorts: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    """For a merged cohort: how often patches of each cohort are drawn, as parts of the sum. If not
    given, every patch is used once."""
    even_patterns: bool | tuple[str, ...] = False
    """Whether, within a cohort, all patterns are drawn equally often; for a merged cohort also the
    names of the cohorts in which they are."""

    @field_validator("cohorts")
    @classmethod
    def _any(cls, value: dict[str, float]) -> dict[str, float]:
        if value and not any(value.values()):
            raise ValueError("shares that are all 0; expected one over 0")
        return value


class TrainingPreset(Section):
    """The optimisation."""

    epochs: Count = 30
    """Passes over the training patches."""
    batch_size: Count = 8
    """Patches in a step."""
    learning_rate: Positive = 1e-4
    """Learning rate of the network's Adam, at the beginning."""
    schedule: Literal["constant", "cosine"] = "constant"
    """How the learning rate develops: constant, or down to zero along a half cosine."""
    select: Literal["score", "loss", "last"] = "score"
    """Which epoch's network is kept: highest validation score (mean of mask Dice, pattern and
    intensity accuracy), lowest sum of validation losses, or the last."""
    checkpoint_minutes: Annotated[float, Field(ge=0, le=1e6)] = 5.0
    """Time between two checkpoints, which are written at the end of epochs; 0 writes one after
    each. A killed run loses up to this time; a run that Ctrl-C ends loses only its unfinished
    epoch."""
    keep_checkpoints: Literal["last", "all"] = "last"
    """Which checkpoints stay in the run folder: the last one, or all, one for each epoch."""
    learned: Literal["all", "heads"] = "all"
    """What learns: the whole network; or, if the training starts from a model, only the heads that
    give one answer for a patch, such as the pattern. Encoder, decoders and the statistics of batch
    normalisation then stay as they are, and with them the mask."""
    batch_norm_batches: Annotated[int, Field(ge=0)] = 0
    """Number of batches over which the statistics of batch normalisation are computed again after
    each epoch, for validation and use; 0 keeps the running averages."""
    weight_average: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Decay of the moving average of the weights, which then is validated and kept instead of the
    weights themselves: 0.99 remembers about a hundred steps. 0 keeps the weights."""
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    """auto: bf16-mixed on a GPU that has it, else 32-true."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = SEED
    """Seed of first weights, order of patches and augmentation."""


class Preset(Section):
    """A complete description of a training."""

    description: str
    """What it is for, in one line."""
    tasks: tuple[str, ...] = TASK_NAMES
    """What the network learns together; the mask comes first, because the others are read where it
    finds cells. Further tasks are those that are registered or installed."""
    image: ImagePreset = ImagePreset()
    network: NetworkPreset = NetworkPreset()
    loss: LossPreset = LossPreset()
    balancing: BalancingPreset = BalancingPreset()
    augmentation: AugmentationPreset = AugmentationPreset()
    sampling: SamplingPreset = SamplingPreset()
    training: TrainingPreset = TrainingPreset()
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Probability over which a pixel is a cell, and an intensity above a level."""

    @field_validator("tasks")
    @classmethod
    def _mask_first(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value[:1] != TASK_NAMES[:1] or len(set(value)) < len(value):
            raise ValueError(f"{', '.join(value)}; expected mask first, and each task once")
        return value

    @model_validator(mode="after")
    def _a_weight_for_each_task(self) -> Self:
        weights, tasks = len(self.balancing.weights), len(self.tasks)
        if self.balancing.balancer == "fixed" and weights not in (0, tasks):
            raise ValueError(f"balancing.weights: {weights} weights; expected {tasks}, one a task")
        return self

    @model_validator(mode="after")
    def _heads_alone_can_learn(self) -> Self:
        if self.training.learned == "heads":
            if self.network.start is None:
                raise ValueError("training.learned 'heads' without network.start; expected a model")
            balancer = self.balancing.balancer
            if balancer not in _WITHOUT_SHARED_GRADIENTS:
                raise ValueError(
                    f"training.learned 'heads' with balancing.balancer '{balancer}', which "
                    "compares gradients at a shared weight that learns; "
                    f"expected one of {', '.join(_WITHOUT_SHARED_GRADIENTS)}"
                )
        return self

    @model_validator(mode="after")
    def _fields_have_places_and_phases(self) -> Self:
        if self.network.field_hidden:
            missing = {"pattern", "mixture", "cells"} - {*self.tasks}
            if missing or self.network.head != "dense":
                found = f"head '{self.network.head}' and tasks {', '.join(self.tasks)}"
                raise ValueError(
                    f"network.field_hidden with {found}; "
                    "expected head dense, and pattern, mixture and cells among the tasks"
                )
        return self

    @model_validator(mode="after")
    def _places_are_told(self) -> Self:
        if self.loss.pattern == "places" and self.network.head != "dense":
            raise ValueError(
                f"loss.pattern 'places' with head '{self.network.head}'; expected dense"
            )
        return self
