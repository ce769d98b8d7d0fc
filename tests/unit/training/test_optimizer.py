"""The network's Adam has the numbers of PyTorch's plain one, and takes over its state."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from anascope.training._optimizer import NetworkAdam


def steps(network: nn.Module, optimizer: torch.optim.Optimizer, count: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        for parameter in network.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizer.step()


def test_numbers_are_those_of_the_plain_adam() -> None:
    ours, theirs = nn.Linear(30, 20), nn.Linear(30, 20)
    theirs.load_state_dict(ours.state_dict())
    steps(ours, NetworkAdam(ours.parameters(), 0.01), 20, seed=1)
    steps(theirs, torch.optim.Adam(theirs.parameters(), lr=0.01, foreach=False), 20, seed=1)
    torch.testing.assert_close(ours.weight, theirs.weight, rtol=1e-5, atol=1e-6)


def test_goes_on_from_its_own_state_to_the_bit_and_from_a_plain_one() -> None:
    for plain in (False, True):
        ours = nn.Linear(30, 20)
        first: torch.optim.Optimizer = NetworkAdam(ours.parameters(), 0.01)
        if plain:
            first = torch.optim.Adam(ours.parameters(), lr=0.01, foreach=False)
        steps(ours, first, 3, seed=1)
        twin = nn.Linear(30, 20)
        twin.load_state_dict(ours.state_dict())
        second = NetworkAdam(twin.parameters(), 0.5)
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        assert second.param_groups[0]["fused"]
        steps(ours, first, 3, seed=2)
        steps(twin, second, 3, seed=2)
        if plain:
            torch.testing.assert_close(ours.weight, twin.weight, rtol=1e-5, atol=1e-6)
        else:
            assert torch.equal(ours.weight, twin.weight)


@pytest.mark.parametrize("gradients", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("moments", [torch.channels_last, torch.contiguous_format])
def test_layouts_of_gradients_and_moments_may_differ(
    gradients: torch.memory_format, moments: torch.memory_format
) -> None:
    ends = []
    for ours in (True, False):
        generator = torch.Generator().manual_seed(0)
        begin = torch.randn(4, 3, 5, 5, generator=generator)
        weight = nn.Parameter(begin.contiguous(memory_format=torch.channels_last))
        optimizer: torch.optim.Optimizer = NetworkAdam([weight], 0.1)
        if not ours:
            optimizer = torch.optim.Adam([weight], lr=0.1, foreach=False)
        for _ in range(3):
            gradient = torch.randn(weight.shape, generator=generator)
            weight.grad = gradient.contiguous(memory_format=gradients)
            optimizer.step()
            state = copy.deepcopy(optimizer.state_dict())
            for values in state["state"].values():
                for name in ("exp_avg", "exp_avg_sq"):
                    values[name] = values[name].contiguous(memory_format=moments)
            optimizer.load_state_dict(state)
        ends.append(weight.detach().clone())
    torch.testing.assert_close(ends[0], ends[1], rtol=1e-5, atol=1e-6)
