"""What every balancer is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from anascope.balancing._graph import gradients_finite, is_scaled
from anascope.balancing._processes import mean_over_processes
from anascope.balancing._shared import SharedFeatures
from anascope.errors import InputError, NotFiniteError

if TYPE_CHECKING:
    from torch.distributed import ProcessGroup


class Step(NamedTuple):
    """The tasks that take part in a step, one or more.

    Attributes:
        losses: The losses of these tasks.
        chosen: Their indices among all tasks.
        shared: The cut.
        scale: Factor of the network's gradients.
    """

    losses: Sequence[Tensor]
    chosen: Sequence[int]
    shared: SharedFeatures
    scale: float | Tensor


class Balancer(nn.Module, ABC):
    """Turns task losses into gradients of the shared network and its heads.

    Its whole state (weights and everything that it remembers) is in its ``state_dict``, so that it
    is saved and restored with a checkpoint. Do not give any of it to the network's optimizer.

    A batch may be divided among processes (``torch.distributed``), each with a copy of network
    and balancer, if the mean over the processes of a task's losses is the loss of the whole
    batch: means over equally many samples are, ``shares_of_batch`` weighs means over different
    numbers, and any other loss is computed on what ``gather_rows`` returns. Each process calls
    :meth:`backward` on its part and then ``average_gradients`` on the network's parameters.
    Batch normalisation must be synchronised, or be evaluating. Gradients, weights and state are
    then those of one process with the whole batch, but for the rounding of sums, and the same
    bits in all processes.

    Args:
        tasks: Names of the tasks, in the order of the losses.

    Attributes:
        weights: (tasks,) The factors of the losses.
        finite: (tasks,) Whether every loss of a task has been finite so far, in this process.
        group: The processes among which batches are divided; None, as at first, means all.
        divisible: Whether the class keeps that promise for a batch divided among processes.
    """

    divisible: ClassVar[bool] = False
    finite: Tensor

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__()
        if len(tasks) < 1 or len(set(tasks)) != len(tasks):
            raise InputError("tasks of a balancer", f"{list(tasks)}", "one or more unique names")
        self.tasks = tuple(tasks)
        self.group: ProcessGroup | None = None
        self.weights = nn.Parameter(torch.ones(len(tasks)), requires_grad=False)
        self.register_buffer("finite", torch.ones(len(tasks), dtype=torch.bool), persistent=False)

    def backward(
        self,
        losses: Sequence[Tensor],
        shared: SharedFeatures,
        active: Sequence[bool] | None = None,
        *,
        scale: float | Tensor = 1.0,
    ) -> None:
        """Fill the gradients of heads and shared network, and update the weights.

        With ``torch.amp.GradScaler``, hand over the losses as they are and
        ``scale=scaler.scale(torch.ones((), device=losses[0].device))``: the gradients that the
        network gets are then scaled, and nothing else is. Weights, norms, first losses and whatever
        else the balancer remembers are those of the unscaled losses, also where the scale changes.
        If a gradient of the step overflows in any process, so that the scaler skips the network's
        step, weights and state stay as they are, except for norms and the number of steps, from
        which random numbers are derived.

        Args:
            losses: One scalar a task, computed from ``shared.leaves``; their graphs must have
                nothing in common but the leaves.
            shared: The cut.
            active: Whether the batch has a label for each task; a task without one is skipped and
                keeps its weight. None means all. If the batch is divided, this refers to the whole
                batch and is the same in every process: a task takes part if any process has a
                label.
            scale: What the gradients of the network are multiplied with, over 0, the same in
                every process: a number, or a scalar tensor, which is not waited for.

        Raises:
            InputError: if there is not one loss a task, or ``scale`` is a number not over 0.
        """
        if not isinstance(scale, Tensor) and not scale > 0:
            raise InputError("scale of the gradients", str(scale), "a number over 0")
        chosen = self._chosen(losses, active)
        if chosen:
            self._step(Step([losses[index] for index in chosen], chosen, shared, scale))

    @abstractmethod
    def _step(self, step: Step) -> None:
        """Do what :meth:`backward` promises for the tasks that take part, one or more."""

    def reset(self) -> None:
        """Forget everything, for a new training."""
        self.weights.fill_(1.0)
        self.finite.fill_(True)

    def lost_tasks(self) -> tuple[str, ...]:
        """Return the tasks whose weight has fallen to 0 or below: left out, or trained backwards.

        It covers every step since the balancer was made or :meth:`reset`, and waits for the device.
        Most balancers keep all weights over 0.
        """
        return ()

    def check_finite(self) -> None:
        """Stop if a loss was not a finite number.

        The step itself does not call it, because reading the answer waits for the device. If the
        batch is divided among processes, all of them must call it, and all stop if one does.

        Raises:
            NotFiniteError: if one was not; it names the tasks.
        """
        share = mean_over_processes(self.finite.to(torch.float32), self.group)
        bad = [task for task, good in zip(self.tasks, share.tolist(), strict=True) if good < 1]
        if bad:
            raise NotFiniteError(f"loss of {', '.join(bad)} is not finite")

    def _chosen(self, losses: Sequence[Tensor], active: Sequence[bool] | None) -> list[int]:
        """Check the losses, note which are finite, and return the indices of those that count."""
        if len(losses) != len(self.tasks):
            raise InputError("losses", f"{len(losses)} of them", f"{len(self.tasks)}, one a task")
        flags = [True] * len(losses) if active is None else [bool(flag) for flag in active]
        with torch.no_grad():
            sound = torch.stack([loss.detach().isfinite() for loss in losses])
            if not all(flags):
                sound |= ~torch.tensor(flags).to(sound.device, non_blocking=True)
            self.finite.logical_and_(sound)
        return [index for index, flag in enumerate(flags) if flag]

    def _backward_weighted(self, step: Step) -> None:
        """Carry the weighted losses back through heads and shared part."""
        for loss, index in zip(step.losses, step.chosen, strict=True):
            loss.backward((self.weights[index] * step.scale).to(loss.dtype))
        step.shared.backward()

    @torch.no_grad()
    def _values(self, step: Step) -> Tensor:
        """Return (losses,) those of the whole batch, once the gradients are there.

        All are NaN if a scaled gradient has overflown: the network's step will be skipped.
        """
        values = torch.stack([loss.detach() for loss in step.losses])
        if is_scaled(step.scale):
            finite = gradients_finite([*step.losses, *step.shared.outputs])
            values = torch.where(finite, values, torch.nan)
        return mean_over_processes(values, self.group)
