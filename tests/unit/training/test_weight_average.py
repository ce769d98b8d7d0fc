"""The moving average of weights."""

from __future__ import annotations

import torch
from torch import nn

from anascope.training._weight_average import WeightAverage


def weights(network: nn.Module) -> list[float]:
    return torch.cat([value.flatten() for value in network.parameters()]).tolist()


def test_by_hand() -> None:
    """Of 1, 3, 0 with decay one half: 1; half of 1 and half of 3; half of 2 and half of 0."""
    network = nn.Linear(1, 1, bias=False)
    average = WeightAverage(network, 0.5)
    for value, expected in ((1.0, 1.0), (3.0, 2.0), (0.0, 1.0)):
        nn.init.constant_(network.weight, value)
        average.update_parameters(network)
        assert weights(average.module) == [expected]
    assert weights(network) == [0.0]


def test_averages_of_batch_normalisation_are_the_networks() -> None:
    network = nn.BatchNorm1d(1)
    average = WeightAverage(network, 0.5)
    network(torch.tensor([[1.0], [3.0]]))
    average.update_parameters(network)
    kept, own = (next(module.buffers()).tolist() for module in (average.module, network))
    assert kept == own != [0.0]
