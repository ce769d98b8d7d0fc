"""What stands behind a tensor in its graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm


def leaves_behind(tensors: Iterable[Tensor]) -> list[Tensor]:
    """Return the tensors that ``tensors`` are computed from and that collect gradients.

    They are parameters, and the leaves of a cut. A graph that has been gone through backward
    still tells them.
    """
    leaves: list[Tensor] = []
    visited: set[Any] = set()
    queue: list[Any] = [tensor.grad_fn for tensor in tensors]
    while queue:
        node = queue.pop()
        if node is None or node in visited:
            continue
        visited.add(node)
        if hasattr(node, "variable"):
            leaves.append(node.variable)
        queue.extend(below for below, _ in node.next_functions)
    return leaves


def gradients_finite(tensors: Iterable[Tensor]) -> Tensor:
    """Return whether all gradients collected behind ``tensors`` are finite, as a bool scalar.

    It waits for no device.
    """
    gradients = [leaf.grad for leaf in leaves_behind(tensors) if leaf.grad is not None]
    return get_total_norm(gradients, norm_type=float("inf")).isfinite()


def is_scaled(scale: float | Tensor) -> bool:
    """Return whether gradients are scaled: by a number that is not 1, or by any tensor."""
    return isinstance(scale, torch.Tensor) or scale != 1
