"""Uncertainty weighting: each task's weight is the inverse of a learnt noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from anascope.balancing._adam import WeightsAdam
from anascope.balancing._base import Balancer, Step
from anascope.errors import InputError


class UncertaintyWeights(Balancer):
    r"""Homoscedastic uncertainty (Kendall, Gal, Cipolla, CVPR 2018).

    With task losses :math:`L_i` and one number :math:`s_i = \log \sigma_i^2` a task, the logarithm
    of the variance of its noise, network and :math:`s` both go down

    .. math:: \sum_i e^{-s_i} L_i + s_i

    so :math:`w_i = e^{-s_i}` is the weight of the task, over 0 whatever :math:`s_i` is. A step

    * gives the network the gradients of :math:`\sum_i w_i L_i`, with the weights of before;
    * takes an Adam step on each :math:`s_i`, whose gradient is :math:`1 - w_i L_i`.

    :math:`s_i` rests where :math:`w_i L_i = 1`: the weights even out the sizes of the losses.

    **Which form.** The paper derives :math:`L_i / (2 \sigma_i^2) + \log \sigma_i` for a squared
    error and :math:`L_i / \sigma_i^2 + \log \sigma_i` for a cross-entropy. The form above is twice
    the first, and the one in the authors' own example code. A factor common to all tasks only
    rescales the objective, and one between :math:`L_i` and the logarithm scales all resting weights
    alike; what matters is that every task has the same form, and here they have: all three are
    classifications (of pixels, of patterns, of intensities), and Dice, which is no likelihood,
    would have no form of its own.

    **Elsewhere.** Many implementations hand :math:`s` to the network's optimizer, as the paper
    does; here it has an Adam of its own, so that schedule and weight decay of the network do not
    reach it. A task without a label leaves its :math:`s_i` and its moments untouched. LibMTL begins
    at :math:`s = -0.5` and TorchJD halves the objective. The weights do *not* sum to the number of
    tasks, and grow without bound for a loss that goes to 0.

    Args:
        tasks: Names of the tasks.
        learning_rate: Of the Adam of :math:`s`. The paper has no rate but the network's; 1e-3 is
            Adam's usual one.

    Raises:
        InputError: if ``learning_rate`` is not positive.

    Attributes:
        weights: (tasks,) :math:`e^{-s_i}`, the factors that the next step applies; 1 at first, as
            the paper finds that the beginning does not matter.
    """

    divisible: ClassVar[bool] = True

    def __init__(self, tasks: Sequence[str], *, learning_rate: float = 1e-3) -> None:
        super().__init__(tasks)
        if not learning_rate > 0:
            raise InputError("uncertainty learning rate", str(learning_rate), "a number over 0")
        self.learning_rate = learning_rate
        # One parameter a task: Adam passes over those that have no gradient, moments and all.
        self._log_variances = nn.ParameterList(
            nn.Parameter(torch.zeros(()), requires_grad=False) for _ in self.tasks
        )
        self._optimizer = self._new_optimizer()

    @property
    def log_variances(self) -> Tensor:
        """(tasks,) :math:`s_i`."""
        return torch.stack([value.detach() for value in self._log_variances])

    def reset(self) -> None:
        super().reset()
        for value in self._log_variances:
            value.zero_()
        self._optimizer = self._new_optimizer()

    def _step(self, step: Step) -> None:
        self._backward_weighted(step)
        self._update(self._values(step).to(self.weights.dtype), step.chosen)

    @torch.no_grad()
    def _update(self, losses: Tensor, chosen: Sequence[int]) -> None:
        """Take the Adam step on the numbers of the tasks at ``chosen``, if all is finite."""
        for loss, index in zip(losses, chosen, strict=True):
            self._log_variances[index].grad = 1 - self.weights[index] * loss
        self._optimizer.step_if(losses.isfinite().all())
        for index in chosen:
            value = self._log_variances[index]
            value.grad = None
            self.weights[index] = torch.exp(-value)

    def _new_optimizer(self) -> WeightsAdam:
        return WeightsAdam(list(self._log_variances), self.learning_rate)

    def get_extra_state(self) -> dict[str, Any]:
        """Return the state of the optimizer, for ``state_dict``."""
        return self._optimizer.state_dict()

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """Take over the state of the optimizer, for ``load_state_dict``."""
        self._optimizer = self._new_optimizer()
        self._optimizer.load_state_dict(state)
