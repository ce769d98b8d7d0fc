"""What a network is made of is read from its modules, whichever encoder and head it has."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from anascope.networks import ENCODERS, HEADS, JointUNet, MapSize, operations, outline
from anascope.networks._structure import in_words


def on_meta(**settings: object) -> JointUNet:
    with torch.device("meta"):
        return JointUNet(**settings)  # type: ignore[arg-type]


def test_the_published_network() -> None:
    found = outline(on_meta(encoder="residual", head="flatten"), 384)
    assert found.image == MapSize(3, 384, 384)
    assert [str(size) for size in found.encoded] == [
        "64 × 384 × 384",
        "128 × 192 × 192",
        "256 × 96 × 96",
        "512 × 48 × 48",
        "512 × 24 × 24",
    ]
    assert [size.channels for size in found.decoded] == [256, 128, 64, 64, 1]
    assert found.decoded[-1] == MapSize(1, 384, 384)
    assert found.heads == {
        "pattern": ("flatten head", "dense, 294912 to 512", "ReLU", "dense, 512 to 7"),
        "intensity": ("flatten head", "dense, 294912 to 512", "ReLU", "dense, 512 to 1"),
    }


def test_the_published_block_goes_two_ways() -> None:
    block = outline(on_meta(encoder="residual", width=4), 64).shared_block
    steps = {step.name: step for step in operations(block)}
    (added,) = (step for step in steps.values() if step.what == "+")
    ways = []
    for name in added.inputs:
        way = []
        while steps[name].inputs:
            way.append(steps[name].what)
            (name,) = steps[name].inputs
        ways.append(way[::-1])
    assert ways == [
        [
            "2×2 max-pooling",
            "3×3 convolution, 32 to 32",
            "batch normalisation",
            "ReLU",
            "3×3 convolution, 32 to 32",
            "batch normalisation",
        ],
        ["2×2 max-pooling", "1×1 convolution, 32 to 32", "batch normalisation"],
    ]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_network_is_outlined(encoder: str, head: str) -> None:
    network = on_meta(encoder=encoder, head=head, width=8, hidden=4, patch_size=64)
    found = outline(network, 64)
    assert [size.channels for size in found.encoded] == [*network.encoder.channels]
    assert found.decoded[-1] == MapSize(1, 64, 64)
    assert {kind for kind, *_ in found.heads.values()} == {f"{head} head"}
    shared = [
        parameter is network.last_shared_weight for parameter in found.shared_block.parameters()
    ]
    assert any(shared)
    steps = operations(found.shared_block)
    assert (steps[0].what, steps[-1].what) == ("input", "output")
    known: set[str] = set()
    for step in steps:
        assert set(step.inputs) <= known
        known.add(step.name)
    assert network.training


def test_layers_in_words() -> None:
    assert in_words(nn.Conv2d(8, 8, 5, groups=8)) == "5×5 convolution of each channel, 8 to 8"
    assert in_words(nn.Conv2d(3, 8, 7, stride=2)) == "7×7 convolution, stride 2, 3 to 8"
    assert in_words(nn.Dropout()) == "Dropout"
