"""Build, save and load models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor

from anascope.errors import InputError
from anascope.files import replacing, sha256_of
from anascope.models._card import CARD, WEIGHTS, ModelCard, read_card, write_card
from anascope.models._vouched import read_vouched
from anascope.networks import JointUNet, load_imagenet_weights
from anascope.presets import Preset
from anascope.tasks import tasks_named
from anascope.words import Vocabulary

_MOST_PARAMETERS = 1_000_000_000  # three times those of the published network, 4 GB
_HEADER = 1_000_000  # bytes that a file of weights may have beside its numbers
_FIELD_HEAD = "field_head."  # how the names of its tensors begin
_OUTPUTS = {
    ("pattern_head.out.", "field_head.out."): ("patterns", 0),
    ("intensity_head.out.",): ("intensities", 1),
}
"""By how a tensor's name begins: what of the card it has one output each for, but so many."""


@dataclass(frozen=True)
class Model:
    """A network and its card."""

    network: JointUNet
    card: ModelCard


def build_network(preset: Preset, vocabulary: Vocabulary, *, pretrained: bool = True) -> JointUNet:
    """Build the network that ``preset`` describes, with fresh weights from its seed.

    Args:
        preset: The preset.
        vocabulary: The classes that it distinguishes.
        pretrained: Load the weights that the preset names, if it names any: those of a model to
            start from, or ImageNet's.

    Raises:
        InputError: if the model to start from is of another network, there is no such task, or the
            network would have more parameters than a thousand million.
    """
    _described(preset, vocabulary)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(preset.training.seed)
        network = _built(preset, vocabulary)
    if pretrained and preset.network.start:
        _take_over(network, Path(preset.network.start))
    elif pretrained and preset.network.imagenet_weights:
        load_imagenet_weights(network.encoder, Path(preset.network.imagenet_weights))
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _built(preset: Preset, vocabulary: Vocabulary) -> JointUNet:
    tasks = tasks_named(preset.tasks)
    outputs = {task.name: task.outputs(vocabulary) for task in tasks}
    maps = {task.name: task.maps(vocabulary) for task in tasks}
    return JointUNet(
        encoder=preset.network.encoder,
        width=preset.network.width,
        head=preset.network.head,
        hidden=preset.network.hidden,
        in_channels=len(preset.image.views),
        patch_size=preset.image.network_size,
        outputs={task: count for task, count in outputs.items() if count},
        maps={task: count for task, count in maps.items() if count},
        field_hidden=preset.network.field_hidden,
    )


def network_without_numbers(preset: Preset, vocabulary: Vocabulary) -> JointUNet:
    """Return the network that ``preset`` describes, with shapes only, which take no memory.

    Raises:
        InputError: if it would have too many parameters, or there is no such task.
    """
    with torch.device("meta"):
        network = _built(preset, vocabulary)
    count = sum(tensor.numel() for tensor in network.state_dict().values())
    if count > _MOST_PARAMETERS:
        raise InputError("network", f"{count:,} parameters", f"at most {_MOST_PARAMETERS:,}")
    return network


def _described(preset: Preset, vocabulary: Vocabulary) -> dict[str, Tensor]:
    """Return the tensors that the network of ``preset`` has, which take no memory.

    Raises:
        InputError: if it would have too many parameters, or there is no such task.
    """
    return network_without_numbers(preset, vocabulary).state_dict()


def _take_over(network: JointUNet, folder: Path) -> None:
    state = load_model(folder).network.state_dict()
    if network.field_head is None:  # that of the other network would not fit what is learned now
        state = without_field_head(state)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise InputError(folder, first, "the network that the preset describes") from None


def without_field_head(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of a network but those of a field head, which fits that network alone."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(_FIELD_HEAD)}


def save_model(folder: str | Path, model: Model) -> None:
    """Write the model into ``folder``: the weights first, then the card with their hash.

    An exported network that exists already belongs to other weights, and is no longer on the card.

    Raises:
        WriteError: if it cannot be written.
    """
    save_weights(folder, model.network.state_dict(), model.card)


def save_weights(folder: str | Path, weights: Mapping[str, Tensor], card: ModelCard) -> None:
    """Write a model as :func:`save_model` does, from weights without their network.

    Args:
        folder: The model's.
        weights: The weights, by their names in the network.
        card: The card of the model.

    Raises:
        WriteError: if it cannot be written.
    """
    folder = Path(folder)
    content = save({name: tensor.contiguous() for name, tensor in weights.items()})
    with replacing(folder / WEIGHTS) as temporary:
        temporary.write_bytes(content)
    card = card.model_copy(update={"files": {WEIGHTS: sha256_of(content)}})
    write_card(folder, card)


def load_model(folder: str | Path) -> Model:
    """Read a model from its folder, on the CPU.

    Only the files of the folder are read, and not the weights from which the training began.

    Raises:
        InputError: if a file is missing, damaged or of another kind, the weights are not those
            that the card was written for, nor those of the network that it describes, or not all
            are numbers.
    """
    folder = Path(folder)
    card = read_card(folder)
    try:
        described = _described(card.preset, card.vocabulary)
    except InputError as error:
        where = f"{folder / CARD}, preset.{error.where}"
        raise InputError(where, error.found, error.expected) from None
    size = sum(tensor.numel() * tensor.element_size() for tensor in described.values())
    content = read_vouched(folder, card, WEIGHTS, most=size + _HEADER)
    state = _tensors(content, folder / WEIGHTS)
    _check_shapes(described, state, folder)
    for name, tensor in state.items():
        if not tensor.isfinite().all():
            raise InputError(folder / WEIGHTS, f"NaN or infinity in '{name}'", "finite numbers")
    network = build_network(card.preset, card.vocabulary, pretrained=False)
    network.load_state_dict(state)
    return Model(network.eval(), card)


def _tensors(content: bytes, path: Path) -> dict[str, Tensor]:
    try:
        return load(content)
    except Exception as error:  # a header of its own making can have the library raise anything
        raise InputError(path, f"not safetensors ({error})", "weights") from None


def _check_shapes(described: dict[str, Tensor], state: dict[str, Tensor], folder: Path) -> None:
    """Refuse weights that are not those of the network that the card describes."""
    path, network = folder / WEIGHTS, f"the network that {CARD} describes"
    for name in (*described, *state):
        if name not in state:
            raise InputError(path, f"no '{name}'", network)
        if name not in described:
            raise InputError(path, f"'{name}'", network)
    other = [name for name in described if _kind(described[name]) != _kind(state[name])]
    for begin, (key, more) in _OUTPUTS.items():
        # The card is wrong where nothing but a last layer has another number of outputs.
        if other and all(name.startswith(begin) for name in other):
            stated, right = (len(tensors[other[0]]) + more for tensors in (described, state))
            raise InputError(f"{folder / CARD}, {key}", f"{stated}", f"{right}, as {path} has")
    for name in other:
        found = f"{_kind(state[name])} as '{name}'"
        raise InputError(path, found, f"{_kind(described[name])}: {network}")


def _kind(tensor: Tensor) -> str:
    """Return the type and shape of a tensor, such as ``float32 64×3×3``."""
    shape = "×".join(map(str, tensor.shape)) or "1"
    return f"{str(tensor.dtype).removeprefix('torch.')} {shape}"
