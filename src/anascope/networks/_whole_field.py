"""The network as reading uses it: probabilities of the mask, and maps of all that it tells."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from anascope.networks._field_head import FieldHead
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
            and ``phases``, (batch, phases, y, x), logits. With a field head, ``pattern`` and
            ``mixture`` are its answer, ``field_inputs`` is what it answered from, as it takes it,
            and ``field_places`` what each place added to that.
        """
        features = self.network.encode(image)
        size = (image.shape[-2], image.shape[-1])
        prediction = self.network.decode(features, size, maps=True)
        outputs = {**prediction, "mask": prediction["mask"].sigmoid()}
        if "cells" in outputs:
            cells = outputs.pop("cells")
            outputs |= {"interior": cells[:, :1].sigmoid(), "phases": cells[:, 1:]}
        if self.network.field_head is not None:
            outputs |= self._of_the_field(self.network.field_head, features[-1], outputs)
        return outputs

    def _of_the_field(self, head: FieldHead, embedding: Tensor, outputs: Prediction) -> Prediction:
        """Return what the field head says, and from what."""
        mask, of_places = outputs["mask"], self.network.share_of_places
        dividing = mask * (1 - outputs["phases"].softmax(dim=1)[:, :1])
        places = head.summands(embedding, of_places(mask), of_places(dividing))
        sums = places.sum(dim=(-2, -1))
        inputs = torch.cat([outputs["pattern"], outputs["mixture"], sums], dim=1)
        pattern, mixture = head(inputs).split([head.classes, 1], dim=1)
        return {
            "pattern": pattern,
            "mixture": mixture,
            "field_inputs": inputs,
            "field_places": places,
        }
