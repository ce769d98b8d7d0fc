"""What is known of a batch."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Targets(NamedTuple):
    """Truth for a batch; what is not known is marked, never guessed.

    Attributes:
        mask: (batch, y, x), uint8 values of ``MaskValue``; unknown pixels are ignored.
        pattern: (batch, classes), bool: the classes that the label allows. A row that allows
            none, or all, says nothing.
        intensity: (batch, levels - 1), float: 1 above the level, 0 not, NaN not known.
    """

    mask: Tensor
    pattern: Tensor
    intensity: Tensor
