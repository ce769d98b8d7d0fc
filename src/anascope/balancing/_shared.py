"""The cut between what tasks share and what each has of its own."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class SharedFeatures:
    """Shared feature maps, cut from the graph that made them.

    Heads run on :attr:`leaves`. Back-propagating a task's loss then stops at the leaves, whose
    ``.grad`` is that task's gradient at the shared features; one pass from :attr:`outputs` with
    the summed gradients does the shared part of the network, for all tasks together.

    Args:
        outputs: What the shared part computed, shallow to deep; the last is the embedding,
            the only output of the last shared layer.

    Attributes:
        outputs: The same, with their graph.
        leaves: Copies without graph, which collect gradients.
    """

    def __init__(self, outputs: Sequence[Tensor]) -> None:
        self.outputs = tuple(outputs)
        self.leaves = tuple(output.detach().requires_grad_() for output in self.outputs)

    def backward(self) -> None:
        """Carry the gradients that the leaves have collected through the shared part."""
        reached = [
            (output, leaf.grad)
            for output, leaf in zip(self.outputs, self.leaves, strict=True)
            if leaf.grad is not None and output.requires_grad
        ]
        if not reached:  # of a shared part that does not learn
            return
        torch.autograd.backward(
            [output for output, _ in reached], [gradient for _, gradient in reached]
        )
