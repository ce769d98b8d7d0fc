"""The rows of the Jacobian: each task's gradient, carried through the shared part."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from anascope.balancing._graph import leaves_behind
from anascope.balancing._shared import SharedFeatures
from anascope.errors import InputError


def row_at_parameters(
    shared: SharedFeatures, parameters: Sequence[Tensor], *, keep: bool
) -> list[Tensor]:
    """Carry what the leaves have collected to the parameters, and return it."""
    reached = [
        (output, leaf.grad)
        for output, leaf in zip(shared.outputs, shared.leaves, strict=True)
        if leaf.grad is not None and output.requires_grad
    ]
    row: Sequence[Tensor | None] = [None] * len(parameters)
    if reached and parameters:
        outputs, gradients = zip(*reached, strict=True)
        try:
            row = torch.autograd.grad(
                outputs, parameters, gradients, retain_graph=keep, allow_unused=True
            )
        except RuntimeError as error:
            if "donated buffer" not in str(error):
                raise
            raise InputError(
                "Jacobian descent at parameters",
                "a compiled encoder that can be gone through once",
                "torch._functorch.config.donated_buffer = False before compiling, or at='features'",
            ) from None
    return [
        or_zeros(gradient, parameter) for gradient, parameter in zip(row, parameters, strict=True)
    ]


def or_zeros(gradient: Tensor | None, like: Tensor) -> Tensor:
    """Return ``gradient``, zeros like ``like`` if there is none."""
    return torch.zeros_like(like) if gradient is None else gradient


def check_complete(outputs: Sequence[Tensor], parameters: Sequence[nn.Parameter]) -> None:
    """Check that every parameter that ``outputs`` are computed from is among ``parameters``.

    Raises:
        InputError: naming the shape of one that would get no gradient.
    """
    known = {id(parameter) for parameter in parameters}
    for leaf in leaves_behind(outputs):
        if isinstance(leaf, nn.Parameter) and id(leaf) not in known:
            raise InputError(
                "shared parameters of Jacobian descent",
                f"one of shape {tuple(leaf.shape)} is missing",
                "all that the shared outputs are computed from",
            )
