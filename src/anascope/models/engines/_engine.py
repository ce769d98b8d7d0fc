"""What every engine does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anascope.models._card import ModelCard

Floats = NDArray[np.float32]


class FieldOutput(NamedTuple):
    """The output of a network for a field.

    Attributes:
        mask: (y, x), probability of being cell, at the network's scale.
        pattern: (classes,), logits.
        intensity: (levels - 1,), logits of being above each level.
        places: (classes, y, x), logits of the pattern at each position of the embedding, or None if
            the network has no such map. The first position begins at the field's upper left corner;
            the last of a row or column may end before or beyond the edge of the field.
        stride: Pixels of the mask on each side of a place.
        interior: (y, x), how far inside its cell each pixel of the mask lies, 0 to 1, or None if
            the network does not separate single cells.
        phases: (phases, y, x), logits of the phase of the cell there, or None likewise.
        mixture: (1,), logit of the serum showing several patterns, or None if the network does not
            predict it.
        field_inputs: What a field head answered from (:class:`~anascope.networks.FieldHead`), or
            None if the network has none.
    """

    mask: Floats
    pattern: Floats
    intensity: Floats
    places: Floats | None
    stride: int
    interior: Floats | None = None
    phases: Floats | None = None
    mixture: Floats | None = None
    field_inputs: Floats | None = None

    def place_in(self, shape: tuple[int, ...]) -> tuple[float, float]:
        """Return height and width of a position, in pixels of the field at another size.

        Args:
            shape: Height and width of the field there.
        """
        height, width = self.mask.shape
        return self.stride * shape[0] / height, self.stride * shape[1] / width


class FieldMaps(NamedTuple):
    """The output of a network at each pixel and each position of a part of a field.

    Attributes:
        mask: (y, x), probability of being cell.
        places: (classes, y, x), logits of the pattern at each position of the embedding.
        intensity: (levels - 1, y, x), logits of being above each level, at each position.
        interior, phases: As of a field.
        mixture: (1, y, x), logit of the serum showing several patterns, at each position, or None.
        field_places: What each position adds to the sums from which a field head answers, or None.
    """

    mask: Floats
    places: Floats
    intensity: Floats
    interior: Floats | None = None
    phases: Floats | None = None
    mixture: Floats | None = None
    field_places: Floats | None = None


class Engine(ABC):
    """A network that is ready to run.

    Attributes:
        card: The card of its model.
        name: Name of the engine, such as ``onnxruntime``.
        accelerator: ``cpu`` or ``gpu``.
        stride: Pixels of the mask on each side of a place of the embedding.
        halo: Number of pixels around a part of a field on which the output for that part depends, a
            multiple of ``stride``; None if the network has no output by position.
    """

    card: ModelCard
    name: str
    accelerator: str
    stride: int
    halo: int | None

    @property
    def smallest(self) -> int:
        """Smallest side of a field: two positions of the embedding, in pixels at network scale."""
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
        """Return the output at each pixel and position of a part of a field; arguments as there.

        Only a network with a ``halo`` has it.
        """

    @abstractmethod
    def answer(self, field_inputs: Floats) -> Floats:
        """Return what a field head says, (classes + 1,): the pattern's logits, then the mixture's.

        Only a network that gives ``field_inputs`` has one.

        Args:
            field_inputs: As :attr:`FieldOutput.field_inputs`.
        """
