"""A batch that is divided among processes: what they tell each other, and nothing else.

Every function here does nothing when ``torch.distributed`` is not initialised or there is one
process. With several, each is a collective: all processes of the group call it, in one order.

One convention holds throughout: *the mean over the processes of what each one computes is what
one process computes on the whole batch*. It holds for gradients if it holds for losses, and for
losses it is up to how they are made:

* Means over equally many samples in every process (plain data parallelism): as they are.
* Means over different numbers of samples, such as those that have a label: weigh them with
  :func:`shares_of_batch`.
* Any loss at all, also one that is no mean, such as a Dice loss over the whole batch: compute it
  on the predictions of all processes, from :func:`gather_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup

_BUCKET = 2**23  # numbers that travel in one message: 32 MiB of float32


def process_count(group: ProcessGroup | None = None) -> int:
    """Return among how many processes a batch is divided.

    Args:
        group: The processes; None means all.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return 1
    return dist.get_world_size(group)


def mean_over_processes(tensor: Tensor, group: ProcessGroup | None = None) -> Tensor:
    """Return the mean of ``tensor`` over the processes, the same bits in all of them.

    It carries no gradient, and waits for no device.

    Args:
        tensor: Of one shape in all processes.
        group: The processes; None means all.

    Returns:
        The mean; ``tensor`` itself if there is one process.
    """
    count = process_count(group)
    if count == 1:
        return tensor
    total = tensor.detach().clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total, group=group)
    return total.div_(count)


@torch.no_grad()
def average_gradients(
    parameters: Iterable[torch.nn.Parameter], group: ProcessGroup | None = None
) -> None:
    """Replace the gradient of every parameter by its mean over the processes.

    To be called between the balancer's ``backward`` and the optimizer's step. Messages are not
    sent while gradients are still computed, as DistributedDataParallel does it: the network is
    traversed in parts (encoder and heads apart), which its hooks do not expect.

    Args:
        parameters: The same in all processes, in one order. Those without a gradient are left
            out; they must be the same ones everywhere, as they are if ``active`` is the same.
        group: The processes; None means all.
    """
    if process_count(group) == 1:
        return
    bucket: list[Tensor] = []
    waiting = 0
    for gradient in [p.grad for p in parameters if p.grad is not None]:
        if gradient.numel() >= _BUCKET and gradient.is_contiguous():
            # A copy of the largest layers would cost as much memory again.
            dist.all_reduce(gradient, group=group)
            gradient.div_(process_count(group))
            continue
        if bucket and (bucket[0].dtype != gradient.dtype or waiting >= _BUCKET):
            _average_together(bucket, group)
            bucket, waiting = [], 0
        bucket.append(gradient)
        waiting += gradient.numel()
    if bucket:
        _average_together(bucket, group)


def _average_together(gradients: Sequence[Tensor], group: ProcessGroup | None) -> None:
    flat = mean_over_processes(torch.cat([gradient.reshape(-1) for gradient in gradients]), group)
    averages = flat.split([gradient.numel() for gradient in gradients])
    for gradient, average in zip(gradients, averages, strict=True):
        gradient.copy_(average.view_as(gradient))


def shares_of_batch(
    losses: Sequence[Tensor], counts: Tensor, group: ProcessGroup | None = None
) -> list[Tensor]:
    r"""Weigh losses so that their mean over the processes is the loss of the whole batch.

    With :math:`n_i^p` samples of task i in process p of P, the loss is multiplied by
    :math:`P\, n_i^p / \sum_q n_i^q`. A process without a label for the task adds nothing; the
    task takes part (``active``) if any process has one, see :func:`any_over_processes`.

    Args:
        losses: One scalar a task, each a mean over samples of this process; finite also where
            the count is 0.
        counts: (tasks,) The number of samples of each mean, that is, its denominator; for a mask
            loss, the known pixels.
        group: The processes; None means all.

    Returns:
        The losses to hand to a balancer; as they are if there is one process.
    """
    processes = process_count(group)
    if processes == 1:
        return list(losses)
    mean = mean_over_processes(counts.to(torch.float64), group)
    factors = counts / mean.clamp(min=1 / processes)
    return [loss * factor.to(loss.dtype) for loss, factor in zip(losses, factors, strict=True)]


def gather_rows(
    tensor: Tensor, rows: Sequence[int] | None = None, group: ProcessGroup | None = None
) -> Tensor:
    """Return the rows of all processes, one process after the other.

    A loss that is computed on them is the loss of the whole batch, the same in every process,
    whatever its formula. Its gradient reaches this process's own rows, times the number of
    processes: the *mean* over the processes of the parameters' gradients is then the gradient
    of the whole batch.

    Args:
        tensor: (rows, ...) Of one shape in all processes but for the number of rows.
        rows: How many rows each process has, 0 or more; None means equally many.
        group: The processes; None means all.

    Returns:
        (sum of rows, ...); ``tensor`` itself if there is one process.
    """
    count = process_count(group)
    if count == 1:
        return tensor
    counts = (len(tensor),) * count if rows is None else tuple(rows)
    gathered: Tensor = _GatherRows.apply(tensor, counts, group)  # type: ignore[no-untyped-call]
    return gathered


class _GatherRows(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, tensor: Tensor, rows: tuple[int, ...], group: ProcessGroup | None
    ) -> Tensor:
        rank = dist.get_rank(group)
        ctx.own = slice(sum(rows[:rank]), sum(rows[: rank + 1]))
        ctx.processes = len(rows)
        # Messages of one size are all that every backend knows.
        padded = tensor.new_zeros((max(rows), *tensor.shape[1:]))
        padded[: len(tensor)] = tensor
        gathered = [torch.empty_like(padded) for _ in rows]
        dist.all_gather(gathered, padded, group=group)
        return torch.cat([batch[:count] for batch, count in zip(gathered, rows, strict=True)])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return gradients[0][ctx.own] * ctx.processes, None, None


def any_over_processes(
    flags: Sequence[bool], group: ProcessGroup | None = None
) -> tuple[bool, ...]:
    """Return, for each flag, whether it is set in any process; waits for all of them.

    Use it for ``active`` if no process knows the labels of the others.
    """
    everywhere: list[Sequence[bool]] = [tuple(flags)] * process_count(group)
    if len(everywhere) > 1:
        dist.all_gather_object(everywhere, tuple(flags), group=group)
    return tuple(any(column) for column in zip(*everywhere, strict=True))
