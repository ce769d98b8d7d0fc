"""The Adam of the weights, which can leave a step out without asking the device whether to."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn


class WeightsAdam(torch.optim.Adam):
    """PyTorch's Adam for a few numbers, with a step that is taken or not.

    Args:
        parameters: The numbers; those without a gradient are passed over, moments and all.
        learning_rate: About how far a step moves each.
    """

    found_inf: Tensor

    def __init__(self, parameters: Iterable[nn.Parameter], learning_rate: float) -> None:
        # Of PyTorch's ways to compute Adam, this one can be told on the device to skip.
        super().__init__(parameters, lr=learning_rate, fused=True)

    def step_if(self, sound: Tensor) -> None:
        """Take a step if ``sound``, a scalar; else numbers, moments and count stay as they are."""
        self.found_inf = (~sound).to(torch.float32)  # as ``torch.amp.GradScaler`` tells it
        self.step()
        del self.found_inf

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a copy of the state: two of them must not share their moments."""
        copied = deepcopy(state_dict)
        for group in copied["param_groups"]:
            group["fused"] = True  # a state may come from a plain Adam
        super().load_state_dict(copied)
