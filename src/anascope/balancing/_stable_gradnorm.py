"""GradNorm whose weights stay positive and whose targets can be met, at any alpha."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from anascope.balancing._adam import WeightsAdam
from anascope.balancing._gradnorm import GradNorm
from anascope.errors import InputError


class StableGradNorm(GradNorm):
    r"""GradNorm that stays sound at large :math:`\alpha`.

    Two things make :class:`GradNorm`, Algorithm 1 as it is written, break down there:

    * *A weight can walk through zero.* The norm is the same for :math:`w` and :math:`-w`, so
      below zero the algorithm goes on as if nothing had happened: a task that falls behind is
      given a larger norm, which is a more negative weight, and is trained backwards ever faster.
    * *The targets cannot be met.* The norms average to :math:`\bar G`; the targets
      :math:`\bar G r_i^\alpha` do so for :math:`\alpha = 1` alone. At :math:`\alpha = 6` a task
      that is twice as far behind as the mean is asked for 64 times the mean norm: no weights can
      give that, so those of all other tasks are pushed to zero without end.

    What is different here:

    * Adam moves :math:`\log w_i`, along :math:`\operatorname{sign}(G_i - t_i)\, G_i`, which is the
      gradient of the same balance loss for :math:`\log w_i`. So :math:`w_i > 0` always.
    * The targets are :math:`t_i = \bar G\, c_i / \operatorname{mean}_j c_j` with :math:`c_i` the
      relative target :math:`r_i^\alpha / \operatorname{mean}_j r_j^\alpha`, kept between
      :math:`1/b` and :math:`b`. They average to :math:`\bar G`.

    Everything else, cost included, is as in :class:`GradNorm`. Where no target reaches a bound
    and :math:`\alpha` is small the two move the weights nearly alike.

    Args:
        tasks: As for :class:`GradNorm`.
        shared_weight: As for :class:`GradNorm`.
        alpha: As for :class:`GradNorm`.
        learning_rate: Of the Adam that moves the logarithms of the weights: a step changes a
            weight by about this share of itself.
        bound: :math:`b > 1`, how many times the mean a task may be asked to pull, and the mean
            how many times a task. 2 by experiment (documentation, "GradNorm, exact and almost
            free").

    Raises:
        InputError: if ``bound`` is not over 1; else as for :class:`GradNorm`.

    Attributes:
        logarithms: (tasks,) What Adam moves.
    """

    logarithms: nn.Parameter

    def __init__(
        self,
        tasks: Sequence[str],
        shared_weight: Tensor,
        *,
        alpha: float = 0.6,
        learning_rate: float = 0.025,
        bound: float = 2.0,
    ) -> None:
        if not bound > 1:
            raise InputError("GradNorm bound", str(bound), "a number over 1")
        super().__init__(tasks, shared_weight, alpha=alpha, learning_rate=learning_rate)
        self.bound = bound

    def _relative_targets(self, rates: Tensor) -> Tensor:
        r"""Set targets for the norms: :math:`r_i^\alpha`, bounded, with the mean :math:`\bar G`."""
        wanted = rates**self.alpha
        bounded = (wanted / wanted.mean()).clamp(1 / self.bound, self.bound)
        return bounded / bounded.mean()

    def _slope(self, sign: Tensor, norms: Tensor, weights: Tensor) -> Tensor:
        r"""Take :math:`\partial L_{grad} / \partial \log w_i` with the targets held constant."""
        return sign * norms

    def _moved(self, gradient: Tensor, sound: Tensor) -> Tensor:
        r"""Move the logarithms :math:`\log w_i` by a step of Adam."""
        # From the weights as they are: their scaling, and a restored state, are known to them.
        self.logarithms.copy_(self.weights.log())
        self.logarithms.grad = gradient
        self._optimizer.step_if(sound)
        self.logarithms.grad = None
        return self.logarithms.exp()

    def _new_optimizer(self) -> WeightsAdam:
        self.logarithms = nn.Parameter(self.weights.detach().log(), requires_grad=False)
        return WeightsAdam([self.logarithms], self.learning_rate)
