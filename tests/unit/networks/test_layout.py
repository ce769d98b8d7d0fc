"""Every operation on maps in a training step, forward and backward, gets them channels-last.

One that gets another layout brings its maps into the right one first, which is no arithmetic.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from anascope.balancing import GradNorm, SharedFeatures
from anascope.models import build_network
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary

CLASSES = ("homogeneous", "nucleolar")
VOCABULARY = Vocabulary(PatternSpace(CLASSES))
WORDS = ("convolution", "batch_norm", "threshold", "hardtanh", "upsample", "max_pool2d", "relu")


class Layouts(TorchDispatchMode):
    """Notes operations on maps, and those of them that get maps in another layout."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[str] = set()
        self.wrong: set[str] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = func.overloadpacket.__name__
        if any(word in name for word in WORDS):
            self.seen.add(name)
            self.wrong |= {f"{name} of {tuple(x.shape)}" for x in args if in_other_layout(x)}
        return func(*args, **(kwargs or {}))


def in_other_layout(argument: Any) -> bool:
    """Tell whether it is a map of several channels and places that is not channels-last.

    The logits of a dense head, a few numbers a place, are left out.
    """
    return (
        isinstance(argument, Tensor)
        and argument.ndim == 4
        and argument.shape[1] > len(CLASSES)
        and argument.shape[-1] > 1
        and not argument.is_contiguous(memory_format=torch.channels_last)
    )


@pytest.mark.parametrize("encoder", ["plain", "residual", "resnet34", "efficientnet-lite0"])
@pytest.mark.parametrize("head", ["flatten", "pooled", "dense"])
def test_no_operation_gets_another_layout(encoder: str, head: str) -> None:
    changes = {
        "image.patch_size": 64,
        "image.scale": 1.0,
        "network.encoder": encoder,
        "network.head": head,
        "network.width": 16,
        "network.hidden": 8,
    }
    network = build_network(load_preset("tiny", changes), VOCABULARY).train()
    tasks = ("mask", "pattern", "intensity")
    balancer = GradNorm(tasks, network.last_shared_weight)
    channels = len(load_preset("tiny", changes).image.views)
    image = torch.rand(2, channels, 64, 64).contiguous(memory_format=torch.channels_last)
    with Layouts() as layouts:
        shared = SharedFeatures(network.encode(image))
        prediction = network.decode(shared.leaves, (64, 64))
        losses = [prediction[task].float().square().mean() for task in tasks]
        balancer.backward(losses, shared)
    assert any(name.startswith("upsample") and "backward" in name for name in layouts.seen)
    assert not layouts.wrong
