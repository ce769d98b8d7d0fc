"""The channels that are made of the grey image."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from anascope.networks._square_mean import square_mean

# A stuck pixel in a dim field would be a hundred times as bright as its brightest cells, and a few
# of them would decide a batch's statistics.
_FIELD = (-1.0, 4.0)
_LOCAL = 6.0
_FLOOR = 0.1  # share of the field's range under which local contrast counts as noise


def build_views(
    signal: Tensor, ranges: Tensor, views: Sequence[str], *, neighbourhood: float
) -> Tensor:
    """Return the network's input: one channel a view.

    * ``raw``: the signal; brightness, which the intensity label is about, stays.
    * ``log``: the same on a logarithmic scale, 0 at a sixteenth of the full scale and 2 at the
      full scale: twice as bright is half a step, wherever it begins;
    * ``field``: 0 at the field's dark level and 1 at its bright level, -1 at least and 4 at most;
      brightness is gone.
    * ``local``: difference to the mean of the neighbourhood, over its standard deviation plus a
      tenth of the field's range, from -6 to 6; what is left is texture.

    Args:
        signal: (batch, 1, y, x), 0 to 1.
        ranges: (batch, 2), dark and bright level of the fields.
        views: Names of the channels.
        neighbourhood: Side of the neighbourhood in pixels: that of a nucleus.

    Returns:
        (batch, len(views), y, x), channels-last in memory.
    """
    dark, bright = (ranges[:, i, None, None, None] for i in (0, 1))
    span = (bright - dark).clamp(min=1e-3)
    made: dict[str, Tensor] = {}
    for view in set(views):
        if view == "raw":
            made[view] = signal
        elif view == "log":
            # Noise may have made the signal negative; a grey level of 1 is the floor.
            made[view] = (signal.clamp(min=0) + 1 / 255).log2() / 2 + 2
        elif view == "field":
            made[view] = ((signal - dark) / span).clamp(*_FIELD)
        else:
            made[view] = _local_contrast(signal, span, neighbourhood)
    channels = torch.cat([made[view] for view in views], dim=1)
    return channels.contiguous(memory_format=torch.channels_last)


def _local_contrast(signal: Tensor, span: Tensor, neighbourhood: float) -> Tensor:
    side = 2 * max(round(neighbourhood / 2), 1) + 1
    means = square_mean(torch.cat([signal, signal * signal], dim=1), side)
    centre, of_squares = means[:, :1], means[:, 1:]
    deviation = (of_squares - centre * centre).clamp(min=0).sqrt()
    contrast = (signal - centre) / (deviation + _FLOOR * span)
    return contrast.clamp(-_LOCAL, _LOCAL)
