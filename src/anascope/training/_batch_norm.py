"""Batch normalisation by the statistics of the whole batch, in whichever process its rows are."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


def synchronise_batch_norm(network: nn.Module, device: torch.device) -> None:
    """Have the batch normalisations of ``network`` take their statistics over all processes.

    Names and shapes in its ``state_dict`` stay. On a GPU it is PyTorch's ``SyncBatchNorm`` that
    does it; that one refuses tensors of a CPU, for which there is :class:`BatchNormOverProcesses`.

    Args:
        network: Changed in place; holds batch normalisations of images alone.
        device: Where it is.
    """
    if device.type == "cuda":
        nn.SyncBatchNorm.convert_sync_batchnorm(network)
        return
    for module in network.modules():
        if type(module) is nn.BatchNorm2d:
            # It has nothing of its own but its forward pass.
            module.__class__ = BatchNormOverProcesses


class BatchNormOverProcesses(nn.BatchNorm2d):
    """``BatchNorm2d`` with the mean and variance of the rows of all processes.

    Equal to one process with the whole batch but for the rounding of sums, forward and backward,
    also if processes have different numbers of rows, or none.
    """

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        axes, shape = (0, 2, 3), (1, -1, 1, 1)
        pixels = input.new_tensor([input.numel() // input.shape[1]])
        sums = _sum_over_processes(torch.cat([input.sum(axes), pixels]))
        mean, count = sums[:-1] / sums[-1], sums[-1].detach()
        deviation = input - mean.view(shape)
        # A second message: the mean of squares less the square of the mean loses digits.
        variance = _sum_over_processes(deviation.square().sum(axes)) / count
        self._remember(mean.detach(), variance.detach(), count)
        scale = self.weight * (variance + self.eps).rsqrt()
        return deviation * scale.view(shape) + self.bias.view(shape)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: Tensor) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        # No momentum asks for the plain mean over all batches, as in PyTorch's own.
        share = 1 / self.num_batches_tracked if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, float(share))
        self.running_var.lerp_(variance * count / (count - 1), float(share))


def _sum_over_processes(tensor: Tensor) -> Tensor:
    summed: Tensor = _SumOverProcesses.apply(tensor)  # type: ignore[no-untyped-call]
    return summed


class _SumOverProcesses(torch.autograd.Function):
    """Every process's summand acts on every process's result, so gradients are summed as well."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor) -> Tensor:
        total = tensor.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total
