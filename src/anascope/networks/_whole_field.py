"""The network as reading uses it: probabilities of the mask, and maps of all that it tells."""

from __future__ import annotations

from torch import Tensor, nn

from anascope.networks._joint import JointUNet, Prediction


class WholeField(nn.Module):
    """A trained network, for whole fields.

    Args:
        network: The network.
    """

    def __init__(self, network: JointUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Prediction:
        """Return what the network says, by task; the mask as probabilities.

        Args:
            image: (batch, channel, y, x).

        Returns:
            As :data:`Prediction`, with the maps of all tasks, but ``mask`` is the probability of
            being cell, and instead of ``cells`` there are ``interior``, (batch, 1, y, x), 0 to 1,
            and ``phases``, (batch, phases, y, x), logits.
        """
        features = self.network.encode(image)
        size = (image.shape[-2], image.shape[-1])
        prediction = self.network.decode(features, size, maps=True)
        said = {**prediction, "mask": prediction["mask"].sigmoid()}
        if "cells" in said:
            cells = said.pop("cells")
            said |= {"interior": cells[:, :1].sigmoid(), "phases": cells[:, 1:]}
        return said
