"""Train and export the small networks that the package brings with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from anascope.files import replacing

BATCH = 64
_REPORTED = 100  # steps


def layer(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    """Return a convolution of 3×3 pixels with batch norm and a ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def pooled(features: Tensor) -> Tensor:
    """Return the mean and the maximum of each channel, (images, 2 × channels)."""
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


def train_small(
    network: nn.Module,
    batch: Callable[[int], tuple[Tensor, Tensor]],
    loss_of: Callable[[Tensor, Tensor], Tensor],
    *,
    steps: int,
    rate: float,
    watch: Callable[[str], None],
) -> None:
    """Train a network with AdamW and one cycle of learning rates; leave it in evaluation mode.

    Args:
        network: Takes images, (images, 1, y, x).
        batch: Gives so many images with what is to be told of them.
        loss_of: From what the network gives and what is to be told.
        steps: How many batches.
        rate: The greatest learning rate.
        watch: Is told how it goes.
    """
    layout: Any = {"memory_format": torch.channels_last}  # twice as fast on a CPU
    network.to(**layout)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, pct_start=0.15
    )
    began, mean = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        images, truth = batch(BATCH)
        optimizer.zero_grad()
        loss = loss_of(network(images.contiguous(**layout)), truth)
        loss.backward()
        optimizer.step()
        schedule.step()
        mean += (0.02 if step > 1 else 1.0) * (float(loss.detach()) - mean)
        if step % _REPORTED == 0:
            watch(f"step {step} of {steps}: loss {mean:.3f}, {time.monotonic() - began:.0f} s")
    network.eval()


def export_small(network: nn.Module, example: Tensor, path: Path, *, sizes: bool = False) -> None:
    """Write a network as an ONNX file that takes any number of images, of any size if asked."""
    some: Any = torch.export.Dim.DYNAMIC
    axes = (0, 2, 3) if sizes else (0,)
    with replacing(path) as temporary:
        program: Any = torch.onnx.export(
            network,
            (example,),
            dynamic_shapes=(dict.fromkeys(axes, some),),
            opset_version=18,
            dynamo=True,
            verbose=False,
        )
        for node in program.model.graph.all_nodes():
            node.metadata_props.clear()  # where it came from in the code, with paths
        program.save(str(temporary), external_data=False)
