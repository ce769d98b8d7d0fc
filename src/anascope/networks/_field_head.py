"""A head that answers for a whole field, from all of its cells together."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

_DIVIDING_OVER = 0.25
"""Share of a place's cells that may divide before the place counts as one of dividing cells."""
_SHRUNK_BY = 1.0
"""Places of dividing cells that a field is taken to have besides, which look like all others."""
_LEAST = 0.3
"""Places that are added to counts before their logarithm is taken."""
_DROPPED = 0.3
"""Share of the inputs and of the hidden layer that is left out at random while it learns."""
_FURTHEST = 6.0
"""Standard deviations from the mean that an input counts for at most."""
_TINY = 1e-6


class FieldAnswer(NamedTuple):
    """What the head says of fields.

    Attributes:
        pattern: (batch, classes), logits.
        mixture: (batch, 1), logits of several patterns in one serum.
    """

    pattern: Tensor
    mixture: Tensor


class FieldHead(nn.Module):
    """Names the pattern of a field from the mean and the spread of the embedding over its cells.

    A dense head averages what is said of each place: what the few dividing cells show hardly
    counts, and how cells differ is not seen. Some patterns differ from others in nothing else. This
    head sees both. It learns from whole fields, after the rest of the network
    (:func:`anascope.training.fit_field_head`).

    What it sees of a field is the mean over places of interphase cells, the spread there, how
    dividing cells differ from that mean, how many there are, and what the dense heads say. All of
    these follow from sums over places, so that a field may be read in tiles.

    Args:
        channels: Channels of the embedding.
        classes: Pattern classes.
        hidden: Width of the hidden layer.
    """

    centre: Tensor
    scale: Tensor
    share: Tensor

    def __init__(self, channels: int, classes: int, hidden: int) -> None:
        super().__init__()
        self.channels, self.classes = channels, classes
        inputs = 3 * channels + 2
        self.takes = classes + 1 + 2 + 3 * channels
        self.register_buffer("centre", torch.zeros(inputs))
        self.register_buffer("scale", torch.ones(inputs))
        self.register_buffer("share", torch.ones(()))
        self.drop = nn.Dropout(_DROPPED)
        self.hidden = nn.Linear(inputs, hidden)
        self.relu = nn.ReLU()
        self.out = nn.Linear(hidden, classes + 1)
        # Patches of a training have too few cells: it learns by itself, and nothing else moves it.
        self.requires_grad_(False)

    def summands(self, embedding: Tensor, cells: Tensor, dividing: Tensor) -> Tensor:
        """Return what each place adds to the sums of a field, (batch, 2 + 3 · channels, y, x).

        Args:
            embedding: (batch, channels, y, x).
            cells: (batch, 1, y, x), the share of each place that is cell, 0 to 1.
            dividing: (batch, 1, y, x), the share of each place that is dividing cell.
        """
        still = (cells - dividing).clamp(min=0)
        divides = (dividing - _DIVIDING_OVER * cells).clamp(min=0)
        weighted = still * embedding
        moments = [weighted, weighted * embedding, divides * embedding]
        return torch.cat([still, divides, *moments], dim=1)

    def features(self, inputs: Tensor) -> Tensor:
        """Return what the hidden layer sees, (batch, 3 · channels + 2).

        Args:
            inputs: As :meth:`forward` takes it.
        """
        mixture, sums = inputs[:, self.classes : self.classes + 1], inputs[:, self.classes + 1 :]
        still, divides, *moments = sums.split([1, 1, *[(sums.shape[1] - 2) // 3] * 3], dim=1)
        mean, square = (moment / (still + _TINY) for moment in moments[:2])
        spread = (square - mean * mean).clamp(min=_TINY).sqrt()
        differs = (moments[2] + _SHRUNK_BY * mean) / (divides + _SHRUNK_BY) - mean
        often = ((divides + _LEAST) / (still + divides + _LEAST)).log()
        return torch.cat([mean, differs, spread, often, mixture], dim=1)

    def last(self, features: Tensor) -> Tensor:
        """Return the hidden layer, (batch, hidden), from what it sees."""
        # Nothing outside of what it has learned from counts for more than the edge of that.
        standard = ((features - self.centre) / self.scale).clamp(-_FURTHEST, _FURTHEST)
        hidden: Tensor = self.relu(self.hidden(self.drop(standard)))
        return hidden

    def answer(self, features: Tensor) -> FieldAnswer:
        """Return what this head alone says, from what it sees."""
        logits = self.out(self.drop(self.last(features)))
        return FieldAnswer(logits[:, : self.classes], logits[:, self.classes :])

    def joined(self, answer: Tensor, inputs: Tensor) -> Tensor:
        """Return the logits of the pattern and of a mixture, (batch, classes + 1).

        The pattern has the geometric mean of the probabilities of this head and of the dense one,
        with this head's ``share``; whether a serum is mixed is this head's word.

        Args:
            answer: Of this head alone, (batch, classes + 1).
            inputs: As :meth:`forward` takes it.
        """
        own, dense = (logits[:, : self.classes].log_softmax(dim=1) for logits in (answer, inputs))
        pattern = self.share * own + (1 - self.share) * dense
        return torch.cat([pattern, answer[:, self.classes :]], dim=1)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the logits of the pattern and of a mixture, as :meth:`joined`.

        Args:
            inputs: (batch, classes + 1 + 2 + 3 · channels): the logits of the dense heads, pattern
                and mixture, and the sums of :meth:`summands` over places.
        """
        return self.joined(torch.cat(self.answer(self.features(inputs)), dim=1), inputs)
