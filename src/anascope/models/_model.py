"""Build, save and load models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from anascope.errors import InputError
from anascope.files import replacing, sha256_of
from anascope.models._card import CARD, ModelCard, read_card
from anascope.networks import JointUNet, load_imagenet_weights
from anascope.presets import Preset
from anascope.settings import write_file
from anascope.words import IntensityScale, PatternSpace

WEIGHTS = "weights.safetensors"


@dataclass(frozen=True)
class Model:
    """A network and its card."""

    network: JointUNet
    card: ModelCard


def build_network(
    preset: Preset,
    pattern_space: PatternSpace,
    intensity_scale: IntensityScale,
    *,
    pretrained: bool = True,
) -> JointUNet:
    """Build the network that ``preset`` describes, with fresh weights from its seed.

    Args:
        preset: The preset.
        pattern_space: Its pattern classes.
        intensity_scale: Its intensity levels.
        pretrained: Load the weights that the preset names, if it names any: those of a model to
            start from, or ImageNet's.

    Raises:
        InputError: if the model to start from is of another network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(preset.training.seed)
        network = JointUNet(
            encoder=preset.network.encoder,
            width=preset.network.width,
            head=preset.network.head,
            hidden=preset.network.hidden,
            in_channels=len(preset.image.views),
            patch_size=preset.image.network_size,
            pattern_classes=len(pattern_space),
            intensity_outputs=intensity_scale.outputs,
        )
    if pretrained and preset.network.start:
        _take_over(network, Path(preset.network.start))
    elif pretrained and preset.network.imagenet_weights:
        load_imagenet_weights(network.encoder, Path(preset.network.imagenet_weights))
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _take_over(network: JointUNet, folder: Path) -> None:
    try:
        network.load_state_dict(load_model(folder).network.state_dict())
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise InputError(folder, first, "the network that the preset describes") from None


def save_model(folder: str | Path, model: Model) -> None:
    """Write the model into ``folder``: the weights first, then the card that vouches for them."""
    folder = Path(folder)
    state = {name: tensor.contiguous() for name, tensor in model.network.state_dict().items()}
    content = save(state)
    with replacing(folder / WEIGHTS) as temporary:
        temporary.write_bytes(content)
    card = model.card.model_copy(update={"weights_sha256": sha256_of(content)})
    write_file(folder / CARD, card)


def load_model(folder: str | Path) -> Model:
    """Read a model from its folder, on the CPU.

    Raises:
        InputError: if a file is missing, damaged or of another kind, or the weights are not
            those that the card was written for.
    """
    folder = Path(folder)
    card = read_card(folder)
    weights = folder / WEIGHTS
    try:
        content = weights.read_bytes()
        state = load(content)
    except OSError as error:
        raise InputError(weights, f"cannot be read ({error.strerror})", "weights") from None
    except SafetensorError as error:
        raise InputError(weights, f"not safetensors ({error})", "weights") from None
    if sha256_of(content) != card.weights_sha256:
        raise InputError(weights, "weights that the card was not written for", card.weights_sha256)
    network = build_network(card.preset, card.pattern_space, card.intensity_scale, pretrained=False)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(weights, f"{error}", "the network that the card describes") from None
    return Model(network.eval(), card)
