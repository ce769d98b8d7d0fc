"""A network over images: validation, evaluation and reading all go through here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from torch import Tensor, nn

from anascope.networks._views import build_views
from anascope.presets import ImagePreset


def predict(
    network: nn.Module, image: ImagePreset, batches: Iterable[tuple[Tensor, Tensor]]
) -> Iterator[Any]:
    """Yield the output of ``network`` for each batch.

    Args:
        network: Takes views, (batch, channel, y, x).
        image: How views are made.
        batches: Signals, (batch, 1, y, x), 0 to 1 of the full scale, and the dark and bright
            levels of their fields, (batch, 2), in the same unit.
    """
    for signal, ranges in batches:
        yield network(build_views(signal, ranges, image.views, neighbourhood=image.neighbourhood))
