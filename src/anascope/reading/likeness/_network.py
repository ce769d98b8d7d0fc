"""The small network that tells fields of HEp-2 cells from other pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from anascope.models.engines import SmallNetwork

NETWORK = "field.onnx"
CARD = "card.json"


@dataclass(frozen=True)
class FieldNetwork:
    """The network, and the limit from which a picture counts as a field.

    Attributes:
        network: Takes windows, (windows, 1, y, x), and gives a logit for each.
        limit: The smallest mean logit of a field.
    """

    network: SmallNetwork
    limit: float

    @classmethod
    @cache
    def shipped(cls) -> FieldNetwork:
        """Return the one of the package; its card says what it learned from."""
        files = resources.files(__package__)
        card = json.loads(files.joinpath(CARD).read_text(encoding="utf-8"))
        network = SmallNetwork(files.joinpath(NETWORK).read_bytes())
        return cls(network, card["limit"])

    def likeness(self, windows: NDArray[np.float32]) -> float:
        """Return how much a field looks like one of HEp-2 cells: if it does, 0 or more.

        Args:
            windows: As :func:`~anascope.reading.likeness.windows_around_cells` gives them, at
                least one.
        """
        logits = self.network(windows[:, np.newaxis])
        return float(np.mean(logits, dtype=np.float64)) - self.limit
