"""The network as reading uses it: a mask of probabilities, and the map that the pattern is of."""

from __future__ import annotations

from torch import Tensor, nn

from anascope.networks._joint import JointUNet


class WholeField(nn.Module):
    """A trained network, for whole fields.

    Args:
        network: The network.
    """

    def __init__(self, network: JointUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Return mask, pattern, intensity and, of a dense head, places.

        Args:
            image: (batch, channel, y, x).

        Returns:
            Probability of being cell (batch, 1, y, x); logits (batch, classes); logits
            (batch, levels - 1); logits (batch, classes, y, x) at the places of the embedding.
        """
        features = self.network.encode(image)
        said = self.network.decode(features, (image.shape[-2], image.shape[-1]))
        outputs = (said.mask.sigmoid(), said.pattern, said.intensity)
        return outputs if said.places is None else (*outputs, said.places)
