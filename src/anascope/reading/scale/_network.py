"""The small network that says how large nuclei are in a tile."""

from __future__ import annotations

from functools import cache
from importlib import resources

from anascope.models.engines import SmallNetwork

NETWORK = "nucleus.onnx"
"""Its file in this package; ``card.json`` beside it says what it learned from.

It takes tiles, (tiles, 1, y, x), of any square size, and gives logits of the diameters of
:data:`anascope.reading.scale.GRID`, (tiles, diameters)."""


@cache
def shipped_network() -> SmallNetwork:
    """Return the network of the package."""
    return SmallNetwork(resources.files(__package__).joinpath(NETWORK).read_bytes())
