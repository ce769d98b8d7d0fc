"""Statistics of batch normalisation: plain means over the batches that are given."""

from __future__ import annotations

import torch
from torch import nn

from anascope.training._precise_batch_norm import estimate_statistics


def made() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))


def test_they_are_the_means_over_the_batches() -> None:
    network = made()
    images = [torch.randn(4, 2, 8, 8) * scale + scale for scale in (1.0, 3.0, 5.0)]
    network(100 + torch.randn(4, 2, 8, 8))  # what was remembered before has no say
    estimate_statistics(network, images)
    norm = network[1]
    assert isinstance(norm, nn.BatchNorm2d)
    seen = [network[0](image) for image in images]
    means = torch.stack([x.mean((0, 2, 3)) for x in seen]).mean(0)
    variances = torch.stack([x.transpose(0, 1).flatten(1).var(1) for x in seen]).mean(0)
    torch.testing.assert_close(norm.running_mean, means)
    torch.testing.assert_close(norm.running_var, variances)
    assert norm.momentum == 0.1


def test_weights_and_training_stay_as_they_were() -> None:
    one, other = made(), made()
    estimate_statistics(one, [torch.randn(4, 2, 8, 8)])
    image = torch.randn(4, 2, 8, 8)
    torch.testing.assert_close(one.train()(image), other.train()(image))


def test_without_images_nothing_changes() -> None:
    network = made()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    estimate_statistics(network, [])
    after = network.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
