"""Every layer of a training step works on channels-last maps, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from anascope.models import build_network
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary

VOCABULARY = Vocabulary(PatternSpace(("homogeneous", "nucleolar")))
LAYERS = (nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.ReLU6, nn.MaxPool2d)


def in_other_layout(tensors: tuple[Any, ...]) -> bool:
    """Tell whether one of the maps, with more than one channel and place, is not channels-last."""
    return any(
        isinstance(each, Tensor)
        and each.ndim == 4
        and each.shape[1] > 1
        and each.shape[-1] > 1
        and not each.is_contiguous(memory_format=torch.channels_last)
        for each in tensors
    )


@pytest.mark.parametrize("encoder", ["plain", "residual", "resnet34", "efficientnet-lite0"])
@pytest.mark.parametrize("head", ["flatten", "pooled", "dense"])
def test_no_layer_gets_another_layout(encoder: str, head: str) -> None:
    changes = {
        "image.patch_size": 64,
        "image.scale": 1.0,
        "network.encoder": encoder,
        "network.head": head,
        "network.width": 16,
        "network.hidden": 8,
    }
    network = build_network(load_preset("tiny", changes), VOCABULARY).train()
    found: list[str] = []
    seen = 0

    def watch(name: str, layer: nn.Module) -> None:
        def forward(_: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
            nonlocal seen
            seen += 1
            if in_other_layout((*inputs, output)):
                found.append(f"{name}, forward")
            if isinstance(layer, nn.Conv2d) and output.requires_grad:
                output.register_hook(backward)

        def backward(gradient: Tensor) -> None:
            if in_other_layout((gradient,)):
                found.append(f"{name}, backward")

        layer.register_forward_hook(forward)

    for name, layer in network.named_modules():
        if isinstance(layer, LAYERS):
            watch(name, layer)
    image = torch.rand(2, 3, 64, 64).contiguous(memory_format=torch.channels_last)
    prediction = network(image)
    torch.stack([each.float().square().mean() for each in prediction.values()]).sum().backward()
    assert seen > 10
    assert not found
