"""One field of an image file, before it is decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anascope.images._full_scale import Stored


@dataclass(frozen=True, slots=True)
class Page:
    """One field of a file. It is decoded on its own: a damaged page stops no other.

    Attributes:
        decode: Returns its signal as the file stores it, as long as the file is open.
        pixel_size_um: Side of a pixel on the specimen in micrometres, or None if not said.
        channel: Which of the channels that the file describes is taken, from 0, or None if it
            describes none.
        number: Which page it is, from 1.
        count: How many the file has.
        is_scaled: Whether it is known, before it is decoded, that the file says its full scale.
    """

    decode: Callable[[], Stored]
    pixel_size_um: float | None = None
    channel: int | None = None
    number: int = 1
    count: int = 1
    is_scaled: bool = False
