"""What every engine does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anascope.models._card import ModelCard

Floats = NDArray[np.float32]


class FieldOutput(NamedTuple):
    """What a network says of a field.

    Attributes:
        mask: (y, x), probability of being cell, at the network's scale.
        pattern: (classes,), logits.
        intensity: (levels - 1,), logits of being above each level.
        places: (classes, y, x), logits of the pattern at each place of the embedding, or None if
            the network has no such map. The first begins at the field's upper left corner; the
            last of a row or column may reach beyond the field, or not to its end.
        stride: Pixels of the mask on each side of a place.
        interior: (y, x), how far inside its cell each pixel of the mask lies, 0 to 1, or None if
            the network does not tell single cells.
        phases: (phases, y, x), logits of the phase of the cell there, or None likewise.
        mixture: (1,), logit of the serum showing several patterns, or None if the network does not
            tell that.
    """

    mask: Floats
    pattern: Floats
    intensity: Floats
    places: Floats | None
    stride: int
    interior: Floats | None = None
    phases: Floats | None = None
    mixture: Floats | None = None

    def place_in(self, shape: tuple[int, ...]) -> tuple[float, float]:
        """Return height and width of a place, in pixels of the field at another size.

        Args:
            shape: Height and width of the field there.
        """
        height, width = self.mask.shape
        return self.stride * shape[0] / height, self.stride * shape[1] / width


class FieldMaps(NamedTuple):
    """What a network says at each pixel and each place of a part of a field.

    Attributes:
        mask: (y, x), probability of being cell.
        places: (classes, y, x), logits of the pattern at each place of the embedding.
        intensity: (levels - 1, y, x), logits of being above each level, at each place.
        interior, phases: As of a field.
        mixture: (1, y, x), logit of the serum showing several patterns, at each place, or None.
    """

    mask: Floats
    places: Floats
    intensity: Floats
    interior: Floats | None = None
    phases: Floats | None = None
    mixture: Floats | None = None


class Engine(ABC):
    """A network that is ready to run.

    Attributes:
        card: What is known of it.
        name: Of what runs it, such as ``onnxruntime``.
        accelerator: What it computes on: ``cpu`` or ``gpu``.
        stride: Pixels of the mask on each side of a place of the embedding.
        halo: How many pixels around a part of a field must be seen for what is said of that part,
            a multiple of ``stride``; None if the network says nothing place by place.
    """

    card: ModelCard
    name: str
    accelerator: str
    stride: int
    halo: int | None

    @property
    def smallest(self) -> int:
        """Least side of a field, in pixels at the network's scale: two places of the embedding."""
        return 2 * self.stride

    @abstractmethod
    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field.

        Args:
            signal: (y, x), 0 to 1, at the network's scale; two places of the embedding or more
                each way (``2 * stride`` pixels).
            ranges: Dark and bright level of the field, 0 to 1 (``anascope.images.signal_range``).

        Returns:
            Probabilities of the mask (y, x) and logits, as :class:`FieldOutput` says.
        """

    @abstractmethod
    def maps(self, signal: Floats, ranges: tuple[float, float]) -> FieldMaps:
        """Return what is said at each pixel and place of a part of a field; arguments as there.

        Only a network with a ``halo`` can say it.
        """
