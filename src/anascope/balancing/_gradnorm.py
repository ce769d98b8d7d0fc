"""GradNorm: weights that move so that the tasks train at similar rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from anascope.balancing._adam import WeightsAdam
from anascope.balancing._base import Balancer, Step
from anascope.balancing._processes import mean_over_processes
from anascope.errors import InputError

_TINY = 1e-12  # keeps the ratio to a first loss of zero defined


class GradNorm(Balancer):
    r"""Gradient normalization (Chen et al., GradNorm, ICML 2018, Algorithm 1).

    With task losses :math:`L_i`, weights :math:`w_i` and the last shared weight :math:`W`,
    every step computes

    * :math:`G_i = \lVert \partial (w_i L_i) / \partial W \rVert_2`, and their mean
      :math:`\bar G`;
    * the inverse training rates :math:`r_i = \tilde L_i / \operatorname{mean}_j \tilde L_j`
      with :math:`\tilde L_i = L_i / L_i(0)`, where :math:`L_i(0)` is the loss of the first step;
    * the gradient of :math:`\sum_i | G_i - \bar G r_i^\alpha |` for the weights, targets
      constant: :math:`\operatorname{sign}(G_i - \bar G r_i^\alpha)\, G_i / w_i`;
    * the gradients of the network for :math:`\sum_i w_i L_i`, with the weights of before;
    * an Adam step on the weights, which are then scaled to sum to the number of tasks.

    It is exact and costs little more than the plain step: the norms need one vector-Jacobian
    product a task through the last shared layer alone, not one through the whole network.

    Args:
        tasks: Names of the tasks.
        shared_weight: :math:`W`, the weight of the last layer that all tasks share; the last of
            the shared outputs must be computed through it.
        alpha: :math:`\alpha \geq 0`, the strength of the pull to equal training rates; 0.6 in the
            published study's main runs. At 0 all targets are :math:`\bar G`: every task gets the
            same gradient norm, however fast it trains.
        learning_rate: Learning rate of the weights' Adam; 0.025 in Chen et al., 1e-4 (the
            network's) in the published study.

    Raises:
        InputError: if ``alpha`` is below 0 or ``learning_rate`` is not positive.

    Attributes:
        norms: (tasks,) :math:`G_i` of the last step.
        initial_losses: (tasks,) :math:`L_i(0)`, NaN before a task's first step.
    """

    divisible: ClassVar[bool] = True
    norms: Tensor
    initial_losses: Tensor
    _lost: Tensor

    def __init__(
        self,
        tasks: Sequence[str],
        shared_weight: Tensor,
        *,
        alpha: float = 0.6,
        learning_rate: float = 0.025,
    ) -> None:
        super().__init__(tasks)
        if not 0 <= alpha < math.inf:
            raise InputError("GradNorm alpha", str(alpha), "a number of 0 or more")
        if not learning_rate > 0:
            raise InputError("GradNorm learning rate", str(learning_rate), "a number over 0")
        self.alpha = alpha
        self.learning_rate = learning_rate
        # Held in a tuple: as an attribute it would become a parameter of this module as well.
        self._shared_weight = (shared_weight,)
        self.register_buffer("norms", torch.zeros(len(self.tasks)))
        self.register_buffer("initial_losses", torch.full((len(self.tasks),), float("nan")))
        self.register_buffer(
            "_lost", torch.zeros(len(self.tasks), dtype=torch.bool), persistent=False
        )
        self._optimizer = self._new_optimizer()

    def lost_tasks(self) -> tuple[str, ...]:
        return tuple(
            task for task, lost in zip(self.tasks, self._lost.tolist(), strict=True) if lost
        )

    def reset(self) -> None:
        super().reset()
        self.norms.zero_()
        self.initial_losses.fill_(float("nan"))
        self._lost.fill_(False)
        self._optimizer = self._new_optimizer()

    def _step(self, step: Step) -> None:
        r"""Balance the losses :math:`L_i` of a batch."""
        norms = self._backward_heads(step)
        step.shared.backward()
        values = self._values(step)
        which: slice | Tensor = slice(None)  # all tasks is the rule, and needs no index
        if len(step.chosen) < len(self.tasks):
            which = torch.tensor(step.chosen).to(values.device, non_blocking=True)
        dtype = self.weights.dtype
        self._update_weights(values.to(dtype), norms.to(dtype), which)

    def _backward_heads(self, step: Step) -> Tensor:
        r"""Carry each :math:`w_i L_i` back; take its norm :math:`G_i` at :math:`W`.

        The gradients stay at the leaves; the norms that are returned are not scaled.
        """
        embedding, leaf = step.shared.outputs[-1], step.shared.leaves[-1]
        summed: Tensor | None = None
        norms = []
        for loss, index in zip(step.losses, step.chosen, strict=True):
            leaf.grad = None
            loss.backward((self.weights[index] * step.scale).to(loss.dtype))
            gradient = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
            (at_weight,) = torch.autograd.grad(
                embedding, self._shared_weight[0], gradient, retain_graph=True
            )
            # The norm of the whole batch's gradient is not the mean of the processes' norms.
            at_weight = mean_over_processes(at_weight, self.group)
            norms.append(torch.linalg.vector_norm(at_weight, dtype=self.weights.dtype))
            summed = gradient if summed is None else summed + gradient
        leaf.grad = summed
        return torch.stack(norms) / step.scale

    @torch.no_grad()
    def _update_weights(self, losses: Tensor, norms: Tensor, index: slice | Tensor) -> None:
        r"""Take one step on the weights :math:`w_i`, which then sum to the number of tasks.

        Only those at ``index`` move.
        """
        before = self.weights.clone()
        self.norms[index] = norms
        initial = self.initial_losses[index]
        first = torch.where(initial.isnan(), losses, initial)
        progress = losses / first.clamp(min=_TINY)
        rates = progress / progress.mean().clamp(min=_TINY)
        sign = torch.sign(norms - norms.mean() * self._relative_targets(rates))
        gradient = torch.zeros_like(before)
        gradient[index] = self._slope(sign, norms, before[index])

        sound = losses.isfinite().all() & gradient.isfinite().all()
        self.initial_losses[index] = torch.where(sound, first, initial)
        after = before.clone()
        after[index] = self._moved(gradient, sound)[index]
        # The tasks that took part share what the others leave of the sum.
        share = len(self.tasks) - before.sum() + before[index].sum()
        after[index] *= share / after[index].sum()
        self.weights.copy_(torch.where(sound, after, before))
        self._lost.logical_or_(self.weights <= 0)

    def _relative_targets(self, rates: Tensor) -> Tensor:
        r"""Set targets for the norms: :math:`r_i^\alpha` times their mean :math:`\bar G`.

        They are returned as multiples of that mean.
        """
        return rates**self.alpha

    def _slope(self, sign: Tensor, norms: Tensor, weights: Tensor) -> Tensor:
        r"""Take :math:`\partial L_{grad} / \partial w_i` with the targets held constant.

        It is the gradient of the balance loss for what Adam moves.
        """
        return sign * torch.where(weights == 0, torch.zeros_like(norms), norms / weights)

    def _moved(self, gradient: Tensor, sound: Tensor) -> Tensor:
        r"""Move the weights :math:`w_i` by a step of Adam.

        It is taken if ``sound``; the weights that are returned are not yet scaled to their sum.
        """
        self.weights.grad = gradient
        self._optimizer.step_if(sound)
        self.weights.grad = None
        return self.weights

    def _new_optimizer(self) -> WeightsAdam:
        return WeightsAdam([self.weights], self.learning_rate)

    def get_extra_state(self) -> dict[str, Any]:
        """Return the state of the weights' optimizer, for ``state_dict``."""
        return self._optimizer.state_dict()

    def set_extra_state(self, state: dict[str, Any]) -> None:
        """Take over the state of the weights' optimizer, for ``load_state_dict``."""
        self._optimizer = self._new_optimizer()
        self._optimizer.load_state_dict(state)
