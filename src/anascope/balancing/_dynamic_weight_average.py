"""Dynamic weight average: tasks whose loss falls slowly weigh more in the next epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from anascope.balancing._base import Balancer, Step
from anascope.errors import InputError

_TINY = 1e-12  # keeps the ratio to a mean loss of zero defined


class DynamicWeightAverage(Balancer):
    r"""Dynamic weight average, DWA (Liu, Johns, Davison, CVPR 2019, equation 7).

    With :math:`\bar L_i(t)` the mean of task :math:`i`'s loss over the steps of epoch :math:`t`,
    the weights of epoch :math:`t` are

    .. math::
        w_i(t) = T \, \frac{\exp(r_i(t) / \tau)}{\sum_j \exp(r_j(t) / \tau)}, \qquad
        r_i(t) = \frac{\bar L_i(t - 1)}{\bar L_i(t - 2)}

    for :math:`T` tasks: :math:`r_i` is under 1 for a loss that falls, nearer to 1 the slower it
    falls. They are constant within an epoch, in which the network gets the gradient of
    :math:`\sum_i w_i L_i`; a step costs no more than the plain one. In the first two epochs all are
    1, as in the paper.

    The caller decides what an epoch is, and must call :meth:`end_epoch` after each. An epoch is
    everything between two calls, so it can have any number of steps. Without a call, the weights
    stay 1.

    **Elsewhere.** The authors' code takes the means from a table over all epochs, and TorchJD
    keeps sums outside of any state; here all of it is in ``state_dict``. Some implementations take
    a window of steps for the epoch, which makes the ratios noisier. Where the paper is silent: a
    task without a label in a step is left out of its mean; without one in a whole epoch, it
    keeps weight and history, and the others share what it leaves of the sum. A step with a loss
    that is not finite is left out.

    Args:
        tasks: Names of the tasks.
        temperature: :math:`\tau > 0`: the higher, the more even the weights; 2 in the paper.

    Raises:
        InputError: if ``temperature`` is not positive.

    Attributes:
        sums: (tasks,) Sums of the losses in the present epoch.
        counts: (tasks,) Steps of it that had a label.
        means: (2, tasks) Mean losses of the last epoch and of the one before, NaN if unknown.
    """

    divisible: ClassVar[bool] = True
    sums: Tensor
    counts: Tensor
    means: Tensor

    def __init__(self, tasks: Sequence[str], *, temperature: float = 2.0) -> None:
        super().__init__(tasks)
        if not temperature > 0:
            raise InputError("DWA temperature", str(temperature), "a number over 0")
        self.temperature = temperature
        count = len(self.tasks)
        self.register_buffer("sums", torch.zeros(count))
        self.register_buffer("counts", torch.zeros(count))
        self.register_buffer("means", torch.full((2, count), float("nan")))

    def reset(self) -> None:
        super().reset()
        self.sums.zero_()
        self.counts.zero_()
        self.means.fill_(float("nan"))

    def _step(self, step: Step) -> None:
        self._backward_weighted(step)
        values = self._values(step)
        sound = values.isfinite().all()
        for value, index in zip(values, step.chosen, strict=True):
            self.sums[index] += torch.where(sound, value, 0)
            self.counts[index] += sound

    @torch.no_grad()
    def end_epoch(self) -> None:
        """Take note of the epoch's mean losses, and set the weights of the next epoch."""
        counted = self.counts > 0
        new = torch.stack([self.sums / self.counts, self.means[0]])
        self.means.copy_(torch.where(counted, new, self.means))
        self.sums.zero_()
        self.counts.zero_()

        rates = self.means[0] / self.means[1].clamp(min=_TINY)
        # Unknown means one epoch alone; a ratio over all numbers is as good as the largest one.
        rates = rates.nan_to_num(nan=1.0)
        logits = (rates / self.temperature).masked_fill(~counted, float("-inf"))
        share = len(self.tasks) - torch.where(counted, 0.0, self.weights).sum()
        self.weights.copy_(torch.where(counted, share * torch.softmax(logits, 0), self.weights))
