"""The Adam of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


class NetworkAdam(torch.optim.Adam):
    """PyTorch's Adam, with an update that is one operation for many parameters.

    Its numbers are those of the plain Adam except for the rounding of the last digits. The
    operation goes through the memory of a parameter, its gradient and its moments side by side, and
    does not check whether they have the same layout: with a gradient that was composed by hand, or
    moments that were stored in another layout, it would silently combine wrong numbers. Therefore
    both are brought into the parameter's layout here.

    Args:
        parameters: Parameters of the network.
        learning_rate: Learning rate at the beginning.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float) -> None:
        super().__init__(parameters, lr=learning_rate, fused=True)

    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Take a step along the gradients, whatever layout they are in."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad = _like(parameter, parameter.grad)
        loss: float | None = super().step(closure)
        return loss

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state, also one of a plain Adam."""
        groups = [{**group, "fused": True} for group in state_dict["param_groups"]]
        super().load_state_dict({**state_dict, "param_groups": groups})
        for parameter, values in self.state.items():
            for name, value in values.items():
                if value.shape == parameter.shape and value.ndim:
                    values[name] = _like(parameter, value)


def _like(parameter: Tensor, value: Tensor) -> Tensor:
    """Return ``value`` as it is if it lies in memory as ``parameter`` does, else so laid out."""
    if value.stride() == parameter.stride():
        return value
    return torch.empty_like(parameter).copy_(value)
