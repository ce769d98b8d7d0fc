"""ImageNet weights for the ResNet34 encoder, from a file in torchvision's layout."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from anascope.errors import AnascopeError, InputError
from anascope.networks._encoders import Encoder, ResNet34Encoder

_CLASSIFIER = ("fc.weight", "fc.bias")


def load_imagenet_weights(encoder: Encoder, path: Path) -> None:
    """Load torchvision's ResNet34 weights into ``encoder``, by name and shape.

    The file is ``.safetensors``, or a ``.pth`` state dictionary, of which nothing but tensors
    is loaded. The classifier's weights are left out; every other name and shape must fit.

    Args:
        encoder: A ``resnet34`` encoder of width 64 and three channels.
        path: The file.

    Raises:
        InputError: if the file is missing, is not such a file, or does not fit; the encoder
            is unchanged then.
    """
    expected = "ResNet34 weights in torchvision's layout"
    if not isinstance(encoder, ResNet34Encoder):
        raise InputError(path, "weights for another encoder", "encoder 'resnet34'")
    if not path.is_file():
        raise InputError(path, "no such file", expected)
    try:
        state = _read(path)
    except AnascopeError:
        raise
    except Exception as error:  # torch and safetensors raise many kinds
        raise InputError(path, f"cannot be read ({type(error).__name__})", expected) from error
    wanted = encoder.state_dict()
    given = {name: tensor for name, tensor in state.items() if name not in _CLASSIFIER}
    for name, tensor in wanted.items():
        if name not in given:
            if name.endswith("num_batches_tracked"):  # absent from files of old versions
                given[name] = tensor
                continue
            raise InputError(path, f"no '{name}'", expected)
        if given[name].shape != tensor.shape:
            raise InputError(
                path, f"'{name}' of shape {tuple(given[name].shape)}", f"{tuple(tensor.shape)}"
            )
    surplus = sorted(set(given) - set(wanted))
    if surplus:
        raise InputError(path, f"'{surplus[0]}', which ResNet34 does not have", expected)
    encoder.load_state_dict(given)


def _read(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise InputError(path, "not a state dictionary", "names with tensors")
    return state
