"""ImageNet weights for an encoder, from a file in the layout in which they are handed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from anascope.errors import AnascopeError, InputError
from anascope.networks._efficientnet_lite import EfficientNetLiteEncoder
from anascope.networks._encoder import Encoder
from anascope.networks._encoders import ResNet34Encoder


class _Layout(NamedTuple):
    """How a file names what an encoder has.

    Attributes:
        network: What the file is of.
        layout: Whose layout it is in.
        own_name: The encoder's name for a weight of the file.
        classifier: Beginnings of names that the encoder does without.
    """

    network: str
    layout: str
    own_name: Callable[[str], str]
    classifier: tuple[str, ...]

    def left_out(self, encoder: Encoder) -> tuple[str, ...]:
        """Return beginnings of names that an encoder does without: also of late blocks."""
        late = encoder.left_out if isinstance(encoder, EfficientNetLiteEncoder) else ()
        return (*(f"_blocks.{number}." for number in late), *self.classifier)


_STEM = {"_conv_stem": "stem.0", "_bn0": "stem.1"}
_PARTS = {
    "_expand_conv": "expand.0",
    "_bn0": "expand.1",
    "_depthwise_conv": "filter.0",
    "_bn1": "filter.1",
    "_project_conv": "project.0",
    "_bn2": "project.1",
}


def _own_name_of_lite(name: str) -> str:
    block = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if block:
        number, layer, rest = block.groups()
        return f"blocks.{number}.{_PARTS.get(layer, layer)}.{rest}"
    layer, _, rest = name.partition(".")
    return f"{_STEM.get(layer, layer)}.{rest}"


_LAYOUTS: Mapping[type[Encoder], _Layout] = {
    ResNet34Encoder: _Layout("ResNet34", "torchvision's", str, ("fc.",)),
    EfficientNetLiteEncoder: _Layout(
        "EfficientNet-Lite",
        "EfficientNet-PyTorch's",
        _own_name_of_lite,
        ("_conv_head.", "_bn1.", "_fc."),
    ),
}


def load_imagenet_weights(encoder: Encoder, path: str | Path) -> None:
    """Load weights that were trained on ImageNet into ``encoder``, by name and shape.

    The file is ``.safetensors``, or a ``.pth`` state dictionary, of which nothing but tensors
    is loaded; of ResNet34 in torchvision's layout, of EfficientNet-Lite in that of
    EfficientNet-PyTorch. What the encoder does without (the classifier, Lite's last two stages)
    is left out; every other name and shape must fit.

    Args:
        encoder: ``resnet34`` of width 64 or an ``efficientnet-lite`` of width 32, and three
            channels.
        path: The file.

    Raises:
        InputError: if the file is missing, is not such a file, or does not fit; the encoder
            is unchanged then.
    """
    path = Path(path)
    if type(encoder) not in _LAYOUTS:
        expected = "encoder 'resnet34' or one of 'efficientnet-lite'"
        raise InputError(path, "weights for another encoder", expected)
    layout = _LAYOUTS[type(encoder)]
    expected = f"{layout.network} weights in {layout.layout} layout"
    if not path.is_file():
        raise InputError(path, "no such file", expected)
    try:
        state = _read(path)
    except AnascopeError:
        raise
    except Exception as error:  # torch and safetensors raise many kinds
        raise InputError(path, f"cannot be read ({type(error).__name__})", expected) from error
    left_out = layout.left_out(encoder)
    theirs = {layout.own_name(name): name for name in state if not name.startswith(left_out)}
    given = {own: state[name] for own, name in theirs.items()}
    wanted = encoder.state_dict()
    for name, tensor in wanted.items():
        if name not in given:
            if name.endswith("num_batches_tracked"):  # absent from files of old versions
                given[name] = tensor
                continue
            raise InputError(path, f"no '{name}'", expected)
        if given[name].shape != tensor.shape:
            raise InputError(
                path,
                f"'{theirs[name]}' of shape {tuple(given[name].shape)}",
                f"{tuple(tensor.shape)}",
            )
    surplus = sorted(set(given) - set(wanted))
    if surplus:
        found = theirs[surplus[0]]
        raise InputError(path, f"'{found}', which {layout.network} does not have", expected)
    encoder.load_state_dict(given)


def _read(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise InputError(path, "not a state dictionary", "names with tensors")
    return state
