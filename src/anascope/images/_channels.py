"""Which channel of several is the fluorescein one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError
from anascope.images._names import spelled

# Fluorescein, the dyes that are filtered like it, and the colour. All dyes with 488 in their name
# are such ones (A488, AF 488, ATTO488, DyLight 488), and the laser that excites them is of 488 nm.
_GREEN_NAMES = re.compile(
    r"fitc|fluorescein|\be?gfp\b|\bcy-?2\b|\bgreen\b|(?<![0-9])488(?![0-9])", re.I
)
_ALEXA_ALONE = re.compile(r"\balexa( ?fluor)?\b(?!.*[0-9])", re.I)
_SHOWN = 40  # names of channels in a message, and letters of each
_EMITTED_NM = (500.0, 550.0)  # fluorescein shines at 519 nm; its filters pass about this
_GREEN = (
    "a channel called FITC, fluorescein, GFP, Cy2, green or after a dye of 488 nm, or one that is "
    "displayed in green; or name it as channel"
)
_ASKED = re.compile(r"([0-9]{1,5})\s*(?:(?:of|/)\s*([0-9]{1,5}))?", re.I)


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


COLOURS = (Channel("red"), Channel("green"), Channel("blue"))
"""The channels of a colour image."""


@dataclass(frozen=True, slots=True)
class AskedChannel:
    """A channel as a user requests it.

    Attributes:
        text: As it was written: ``FITC``, ``2``, ``2 of 3``.
        number: Which one, from 0, or None if it is a name.
        count: The number of channels that the user states, or None. If a file does not describe
            channels, its pages then hold them one after the other.
    """

    text: str
    number: int | None = None
    count: int | None = None

    @classmethod
    def of(cls, text: str, where: str | Path = "channel") -> AskedChannel:
        """Return the channel that a text requests.

        Args:
            text: A name, a number from 1, or ``2 of 3``.
            where: The source to name in messages.

        Raises:
            InputError: if it is empty, or a number that no channel has.
        """
        text = text.strip()
        found = _ASKED.fullmatch(text)
        number = int(found[1]) if found else None
        count = int(found[2]) if found and found[2] else None
        if not text or number == 0 or (count is not None and number is not None and number > count):
            expected = "a name, a number from 1, or '2 of 3'"
            raise InputError(where, f"channel '{spelled(text)[:_SHOWN]}'", expected)
        return cls(text, None if number is None else number - 1, count)


def channel_of(channels: Sequence[Channel], asked: AskedChannel | None, where: str | Path) -> int:
    """Return the number of the channel that is to be read, from 0.

    Without ``asked`` the one of fluorescein (:func:`green_channel`). A number counts. A name is
    that of a channel, in capitals or not, or a part of one name alone; an only channel without a
    name has any.

    Raises:
        InputError: if there is no such channel, or several that fit.
    """
    if asked is None:
        return green_channel(channels, where)
    if asked.count is not None and asked.count != len(channels):
        raise InputError(where, _listed(channels), f"{asked.count}, as '{asked.text}' says")
    if asked.number is not None and asked.number < len(channels):
        return asked.number
    name = asked.text.casefold()
    names = [channel.name.casefold() for channel in channels]
    whole = [number for number, own in enumerate(names) if own == name]
    partial = [number for number, own in enumerate(names) if name in own]
    for matches in (whole, partial):
        if len(matches) == 1:
            return matches[0]
    if names == [""] and asked.number is None:
        return 0
    if tuple(channels) == COLOURS and _GREEN_NAMES.search(asked.text) and asked.number is None:
        return 1
    raise InputError(where, _listed(channels), f"channel '{spelled(asked.text)[:_SHOWN]}'")


def green_channel(channels: Sequence[Channel], where: str | Path) -> int:
    """Return the number of the channel that holds the fluorescein signal, from 0.

    The only channel, whatever it is called. Else the one with a name of fluorescein or a dye like
    it; else the one that emits 500 to 550 nm; else the one that is drawn in green.

    Raises:
        InputError: if none of these points at exactly one channel.
    """
    if len(channels) == 1:
        return 0
    for fits in (_named_green, _called_alexa, _emits_green, _drawn_green):
        matches = [number for number, channel in enumerate(channels) if fits(channel)]
        if len(matches) == 1:
            return matches[0]
    raise InputError(where, _listed(channels), _GREEN)


def _listed(channels: Sequence[Channel]) -> str:
    """Return channels in words, with their names."""
    if len(channels) == 1:
        name = spelled(channels[0].name)[:_SHOWN]
        return f"one channel ({name or 'without a name'})"
    shown = [spelled(channel.name)[:_SHOWN] or "without a name" for channel in channels[:_SHOWN]]
    names = ", ".join(shown) + (", ..." if len(channels) > _SHOWN else "")
    return f"{len(channels)} channels ({names})"


def _named_green(channel: Channel) -> bool:
    return bool(_GREEN_NAMES.search(channel.name))


def _called_alexa(channel: Channel) -> bool:
    """Tell whether a channel is called Alexa, and nothing says that it is another Alexa."""
    other = channel.emission_nm is not None and not _emits_green(channel)
    return not other and bool(_ALEXA_ALONE.search(channel.name))


def _emits_green(channel: Channel) -> bool:
    nm = channel.emission_nm
    return nm is not None and _EMITTED_NM[0] <= nm <= _EMITTED_NM[1]


def _drawn_green(channel: Channel) -> bool:
    if channel.colour is None:
        return False
    red, green, blue = channel.colour
    return green > 0 and green >= 2 * max(red, blue)
