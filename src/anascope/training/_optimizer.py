"""The Adam of the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn


class NetworkAdam(torch.optim.Adam):
    """PyTorch's Adam, all of whose update is one operation for many parameters.

    Its numbers are those of the plain Adam but for the rounding of last digits.

    Args:
        parameters: Of the network.
        learning_rate: In the beginning.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float) -> None:
        super().__init__(parameters, lr=learning_rate, fused=True)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state, also one of a plain Adam."""
        groups = [{**group, "fused": True} for group in state_dict["param_groups"]]
        super().load_state_dict({**state_dict, "param_groups": groups})
