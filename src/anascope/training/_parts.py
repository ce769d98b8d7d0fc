"""Which parts of a network learn."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from anascope.networks import JointUNet


class LearnedParts:
    """The parts of a network that learn in a training; the others are kept from it.

    Where the heads alone learn, encoder and decoders keep their weights, and their batch
    normalisation the statistics that it has: it then works as in reading, whatever the batch.

    Args:
        network: Parameters that do not learn are marked so.
        heads_alone: Whether only the heads learn that say one thing of an image.
    """

    def __init__(self, network: JointUNet, *, heads_alone: bool) -> None:
        self._network, self._heads_alone = network, heads_alone
        if heads_alone:
            network.requires_grad_(False)
            for head in network.heads.values():
                head.requires_grad_(True)

    @property
    def statistics(self) -> bool:
        """Whether those of batch normalisation are learned."""
        return not self._heads_alone

    @property
    def parameters(self) -> list[nn.Parameter]:
        """Those that learn."""
        return [parameter for parameter in self._network.parameters() if parameter.requires_grad]

    def begin_training(self) -> None:
        """Have what learns work as in training, and all else as in reading."""
        self._network.train(not self._heads_alone)
        for head in self._network.heads.values():
            head.train()

    def taught(self, tasks: Sequence[str], active: Sequence[bool]) -> list[bool]:
        """Return for which tasks a batch has a label, and the network something to learn.

        Args:
            tasks: Names of the tasks.
            active: Whether the batch has a label for each.
        """
        if not self._heads_alone:
            return list(active)
        heads = self._network.heads
        return [known and task in heads for task, known in zip(tasks, active, strict=True)]
