"""The joint U-Net: all tasks from one encoder."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from anascope.errors import InputError, did_you_mean
from anascope.networks._decoder import Decoder
from anascope.networks._encoder import Features
from anascope.networks._encoders import ENCODERS
from anascope.networks._field_head import FieldHead
from anascope.networks._heads import HEADS, DenseHead, averaged

Prediction = dict[str, Tensor]
"""The output of the network for a batch, as logits, by task.

- ``mask``: (batch, 1, y, x), over 0 where a cell is likelier than background;
- ``pattern``: (batch, classes), softmax gives probabilities;
- ``intensity``: (batch, levels - 1), sigmoid gives the probability of being above a level;
- ``mixture``: (batch, 1), over 0 where the serum likelier shows several patterns than one;
- ``cells``: (batch, 1 + phases, y, x), over 0 in the inner part of a cell, then the phases of its
  division, whose softmax gives probabilities;
- any other task: (batch, outputs), or (batch, outputs, y, x) if it is told of each pixel;
- ``places``: (batch, classes, y, x), only of a dense head: the pattern at each place of the
  embedding;
- ``intensity_places`` and so on: the same of the other tasks, where maps are asked for.
"""

OUTPUTS: Mapping[str, int] = {"pattern": 7, "intensity": 1}
"""Outputs of the heads of the published network: seven patterns, and above intermediate or not."""

NO_MAPS: Mapping[str, int] = {}
"""The published network tells nothing of each pixel but the mask."""

_MAP_NARROWER, _MAP_FINEST = 2, 2


class JointUNet(nn.Module):
    """Encoder → (skips, embedding) → decoder of the mask, and a head for each other task.

    A task that is predicted for each pixel has its own decoder, so that tasks share nothing but the
    encoder, like the branches of HoVer-Net (Graham et al., Medical Image Analysis 58, 2019). It is
    half as wide as that of the mask and ends at half the size of the image.

    With encoder ``plain``, head ``flatten``, width 64, hidden 512, seven patterns and
    384×384 patches it is the network of Percannella et al. (ICPR 2022) as used by the
    published study: 319,262,409 parameters, 319,262,412 with the study's three loss weights.

    Args:
        encoder: ``plain``, ``residual``, ``resnet34`` or ``efficientnet-lite0`` to ``2``.
        width: Channels of the first feature map.
        head: ``flatten``, ``pooled`` or ``dense``.
        hidden: Width of the heads' hidden layers.
        in_channels: Channels of the image.
        patch_size: Side of the image in pixels; only a flatten head depends on it.
        outputs: Number of logits of each head, by task, in the order of their first weights.
        maps: Number of logits at each pixel, by task, of those that have a decoder of their own.
        field_hidden: Width of the hidden layer of the head that answers for whole fields
            (:class:`~anascope.networks.FieldHead`), or 0 for none. It needs a dense head, and the
            tasks pattern, mixture and cells.

    Raises:
        InputError: if the encoder or head is unknown.
    """

    def __init__(
        self,
        *,
        encoder: str = "residual",
        width: int = 64,
        head: str = "pooled",
        hidden: int = 512,
        in_channels: int = 3,
        patch_size: int = 384,
        outputs: Mapping[str, int] = OUTPUTS,
        maps: Mapping[str, int] = NO_MAPS,
        field_hidden: int = 0,
    ) -> None:
        super().__init__()
        if encoder not in ENCODERS:
            raise InputError("encoder", f"'{encoder}'", did_you_mean(encoder, ENCODERS))
        if head not in HEADS:
            raise InputError("head", f"'{head}'", did_you_mean(head, HEADS))
        self.encoder = ENCODERS[encoder](in_channels, width)
        self.decoder = Decoder(self.encoder)
        channels = self.encoder.channels[-1]
        up = self.encoder.rounds_up
        stride = self.encoder.strides[-1]
        side = -(-patch_size // stride) if up else patch_size // stride
        self._share = nn.AvgPool2d(stride, ceil_mode=up, count_include_pad=False)
        self._labelled = tuple(outputs)
        for task, count in outputs.items():
            self.add_module(_head(task), HEADS[head](channels, (side, side), hidden, count))
        self._mapped = tuple(maps)
        for task, count in maps.items():
            decoder = Decoder(
                self.encoder, outputs=count, narrower=_MAP_NARROWER, finest=_MAP_FINEST
            )
            self.add_module(_decoder(task), decoder)
        self.field_head: FieldHead | None = None
        if field_hidden:
            self.field_head = FieldHead(channels, outputs["pattern"], field_hidden)
        self.takes_any_size = head != "flatten"

    @property
    def heads(self) -> dict[str, nn.Module]:
        """The heads that give one answer for an image, by task; decoders are not among them."""
        return {task: self.get_submodule(_head(task)) for task in self._labelled}

    @property
    def last_shared_weight(self) -> nn.Parameter:
        """The weight at which GradNorm measures the tasks' gradients."""
        return self.encoder.last_weight

    def encode(self, image: Tensor) -> Features:
        """Return what all tasks share: feature maps of ``image`` (batch, channel, y, x)."""
        features: Features = self.encoder(image)
        return features

    def share_of_places(self, pixels: Tensor) -> Tensor:
        """Return means over the pixels of each place of the embedding, (batch, channel, y, x)."""
        means: Tensor = self._share(pixels)
        return means

    def decode(
        self, features: Features, size: tuple[int, int], *, maps: bool = False
    ) -> Prediction:
        """Return the prediction from feature maps.

        Args:
            features: Of an image.
            size: Height and width of the mask.
            maps: Whether to return the outputs of dense heads at each position for all tasks, not
                for the pattern alone.
        """
        embedding = features[-1]
        mask = self.decoder(features, size)
        # The other tasks are read where cells are; they have no say in where that is.
        cells = self.share_of_places(mask.detach().sigmoid())
        prediction = {"mask": mask}
        places: Prediction = {}
        for task in self._labelled:
            head = self.get_submodule(_head(task))
            if isinstance(head, DenseHead) and (maps or task == _MAPPED):
                places[places_of(task)] = head.places(embedding)
                prediction[task] = averaged(places[places_of(task)], cells)
            else:
                prediction[task] = head(embedding, cells)
        for task in self._mapped:
            prediction[task] = self.get_submodule(_decoder(task))(features, size)
        return prediction | places

    def forward(self, image: Tensor) -> Prediction:
        """Return the prediction for ``image`` of axes (batch, channel, y, x)."""
        return self.decode(self.encode(image), (image.shape[-2], image.shape[-1]))


_MAPPED = "pattern"  # the task whose answer at each place is wanted: a heat map, each cell's own


def places_of(task: str) -> str:
    """Return the name in a prediction of a dense head's output for a task at each position."""
    return "places" if task == _MAPPED else f"{task}_places"


def _head(task: str) -> str:
    """Return the name of a task's head among the weights."""
    return f"{task}_head"


def _decoder(task: str) -> str:
    """Return the name of a task's own decoder among the weights."""
    return f"{task}_decoder"
