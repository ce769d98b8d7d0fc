"""What a network is made of, read from its modules: for diagrams and counts."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from anascope.networks._joint import JointUNet

_CONTAINERS = (nn.ModuleList, nn.Sequential)


@dataclass(frozen=True)
class MapSize:
    """Channels, height and width of a feature map."""

    channels: int
    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.channels} × {self.height} × {self.width}"


@dataclass(frozen=True)
class Outline:
    """What flows through a joint network.

    Attributes:
        image: What goes in.
        encoded: Feature maps of the encoder, shallow to deep; the last is the embedding.
        decoded: Maps of the decoder, deep to shallow; the last is the mask.
        heads: By task, the kind of its head and the layers that it has, in words.
        shared_block: The block of the encoder that ends in the last shared weight.
    """

    image: MapSize
    encoded: tuple[MapSize, ...]
    decoded: tuple[MapSize, ...]
    heads: Mapping[str, tuple[str, ...]]
    shared_block: nn.Module


@dataclass(frozen=True)
class Operation:
    """One operation of a block.

    Attributes:
        name: Its name in the block, unique there.
        what: What it does, in words.
        inputs: Names of the operations whose results it takes.
    """

    name: str
    what: str
    inputs: tuple[str, ...]


def outline(network: JointUNet, size: int) -> Outline:
    """Return what flows through ``network`` for an image of ``size`` pixels a side.

    Args:
        network: The network; on the device ``meta`` nothing is computed.
        size: Side of the image in pixels of the network.
    """
    device = network.last_shared_weight.device
    first = next(module for module in network.modules() if isinstance(module, nn.Conv2d))
    image = torch.zeros(1, first.in_channels, size, size, device=device)
    decoded: list[Tensor] = []
    steps = [*network.decoder.blocks, network.decoder.last, network.decoder.out]
    hooks = [
        step.register_forward_hook(lambda _module, _inputs, result: decoded.append(result))
        for step in steps
        if step is not None
    ]
    training = network.training
    network.eval()
    try:
        with torch.no_grad():
            encoded = network.encode(image)
            network.decode(encoded, (size, size))
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    heads = {
        name.removesuffix("_head"): (
            re.sub(r"(?<!^)(?=[A-Z])", " ", type(head).__name__).lower(),
            *(in_words(layer) for layer in head.modules() if not [*layer.children()]),
        )
        for name, head in network.named_children()
        if name.endswith("_head")
    }
    return Outline(
        image=_size(image),
        encoded=tuple(map(_size, encoded)),
        decoded=tuple(map(_size, decoded)),
        heads=heads,
        shared_block=_block_of(network.encoder, network.last_shared_weight),
    )


def operations(block: nn.Module) -> tuple[Operation, ...]:
    """Return what ``block`` does with its input, in the order of its code.

    Args:
        block: A module whose code does the same for every input.
    """
    modules = dict(block.named_modules())

    def what(node: fx.Node) -> str:
        if node.op == "placeholder":
            return "input"
        if node.op == "output":
            return "output"
        if node.op == "call_module":
            return in_words(modules[str(node.target)])
        if node.target in (operator.add, operator.iadd, torch.add):
            return "+"
        return str(getattr(node.target, "__name__", node.target))

    return tuple(
        Operation(node.name, what(node), tuple(before.name for before in node.all_input_nodes))
        for node in fx.symbolic_trace(block).graph.nodes
    )


def in_words(layer: nn.Module) -> str:
    """Return what a layer does, in a few words: ``3×3 convolution, 64 to 128 channels``."""
    if isinstance(layer, nn.Conv2d):
        apart = " of each channel" if layer.groups > 1 else ""
        step = f", stride {layer.stride[0]}" if layer.stride[0] > 1 else ""
        return (
            f"{_side(layer.kernel_size)} convolution{apart}{step}, "
            f"{layer.in_channels} to {layer.out_channels}"
        )
    if isinstance(layer, nn.Linear):
        return f"dense, {layer.in_features} to {layer.out_features}"
    if isinstance(layer, nn.MaxPool2d):
        return f"{_side(layer.kernel_size)} max-pooling"
    if isinstance(layer, nn.BatchNorm2d):
        return "batch normalisation"
    return type(layer).__name__


def _side(kernel: Any) -> str:
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return f"{height}×{width}"


def _size(features: Tensor) -> MapSize:
    return MapSize(*features.shape[-3:])


def _block_of(encoder: nn.Module, weight: nn.Parameter) -> nn.Module:
    """Return the largest part of ``encoder``, but for mere lists of parts, that has ``weight``."""
    holding: nn.Module = encoder
    while holding is encoder or isinstance(holding, _CONTAINERS):
        holding = next(
            child
            for child in holding.children()
            if any(parameter is weight for parameter in child.parameters())
        )
    return holding
