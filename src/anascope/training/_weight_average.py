"""The moving average of a network's weights, which is kept instead of the last ones."""

from __future__ import annotations

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class WeightAverage(AveragedModel):
    """A network whose weights are the exponential moving average of another's.

    After its first update it has the other's weights; each later update takes ``1 - decay`` of
    the way to them (Polyak, Juditsky, "Acceleration of stochastic approximation by averaging",
    1992, in the form that Tarvainen, Valpola, "Mean teachers are better role models", 2017, gave
    it). The averages of batch normalisation are the other's own, as they were last.

    Args:
        network: The one that is trained.
        decay: 0 to 1; one over ``1 - decay`` steps are remembered.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        super().__init__(network, multi_avg_fn=get_ema_multi_avg_fn(decay))
