"""Which channel of several is the fluorescein one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError
from anascope.images._names import spelled

# Fluorescein, the dyes that are filtered like it, and the colour.
_GREEN_NAMES = re.compile(
    r"fitc|fluorescein|\be?gfp\b|alexa ?(fluor ?)?-?488|\baf-?488|\bcy-?2\b|\bgreen\b", re.I
)
_SHOWN = 40  # names of channels in a message, and letters of each
_EMITTED_NM = (500.0, 550.0)  # fluorescein shines at 519 nm; its filters pass about this
_GREEN = "a channel called FITC, fluorescein, GFP, Alexa 488, Cy2 or green, or one that is"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a file says of one channel.

    Attributes:
        name: Its names and its dye, in one line; empty if not said.
        emission_nm: Wavelength that it shows, or None.
        colour: Red, green and blue that it is drawn in, 0 to 255, or None.
    """

    name: str = ""
    emission_nm: float | None = None
    colour: tuple[int, int, int] | None = None


def green_channel(channels: Sequence[Channel], where: str | Path) -> int:
    """Return the number of the channel that holds the fluorescein signal, from 0.

    The only channel, whatever it is called. Else the one with a name of fluorescein or a dye like
    it; else the one that emits 500 to 550 nm; else the one that is drawn in green.

    Raises:
        InputError: if none of these points at exactly one channel.
    """
    if len(channels) == 1:
        return 0
    for fits in (_named_green, _emits_green, _drawn_green):
        matches = [number for number, channel in enumerate(channels) if fits(channel)]
        if len(matches) == 1:
            return matches[0]
    shown = [spelled(channel.name)[:_SHOWN] or "without a name" for channel in channels[:_SHOWN]]
    names = ", ".join(shown) + (", ..." if len(channels) > _SHOWN else "")
    raise InputError(where, f"{len(channels)} channels ({names})", f"{_GREEN} drawn in green")


def _named_green(channel: Channel) -> bool:
    return bool(_GREEN_NAMES.search(channel.name))


def _emits_green(channel: Channel) -> bool:
    nm = channel.emission_nm
    return nm is not None and _EMITTED_NM[0] <= nm <= _EMITTED_NM[1]


def _drawn_green(channel: Channel) -> bool:
    if channel.colour is None:
        return False
    red, green, blue = channel.colour
    return green > 0 and green >= 2 * max(red, blue)
