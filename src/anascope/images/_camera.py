"""Images of one camera, and a field of them at full scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from anascope.errors import InputError
from anascope.images._channels import AskedChannel
from anascope.images._decode import EXPECTED, checked_kind, decoded
from anascope.images._full_scale import (
    FullScale,
    Stored,
    at_full_scale,
    brightest_of,
    full_scale_for,
    full_scale_of_16_bits,
)
from anascope.images._grey import GreyImage
from anascope.images._names import spelled


class SameCamera:
    """Files of one camera, which have one full scale where they do not say theirs.

    They are looked through when that is first asked for.

    Args:
        files: Each with the channel that is read of it.
        known: The brightest values of further images of this camera.
    """

    def __init__(
        self, files: Iterable[tuple[Path, AskedChannel | None]], known: Iterable[float] = ()
    ) -> None:
        self._files, self._known = tuple(files), tuple(known)

    @property
    def full_scale(self) -> int | None:
        """The full scale of whole numbers that values said, or None if nobody asked for it."""
        if "brightest" not in self.__dict__ or not self.brightest:
            return None
        return full_scale_of_16_bits(self.brightest)

    @cached_property
    def brightest(self) -> float:
        """The brightest value of all images whose full scale no file says; 0 if there is none."""
        values = [value for file, asked in self._files for value in _brightest(file, asked)]
        return max((*self._known, *values), default=0.0)


def scaled(
    stored: Stored, where: str, camera: SameCamera | None
) -> tuple[GreyImage, FullScale, float | None]:
    """Return a field at the full scale of its type, the file's full scale, and what shows it."""
    brightest = brightest_of(stored, where)
    most = brightest
    if brightest is not None and camera is not None:
        most = max(brightest, camera.brightest)
    full = full_scale_for(stored, most)
    try:
        return at_full_scale(stored.values, full.value), full, brightest
    except MemoryError as error:
        raise InputError(where, "more than the memory holds", EXPECTED) from error
    except OSError as error:
        raise InputError(
            where, f"no room for its pixels ({error.strerror})", "free space"
        ) from None


def _brightest(path: Path, asked: AskedChannel | None) -> Iterator[float]:
    """Yield the brightest values of a file's fields that do not say their full scale.

    What cannot be read is passed over: it is told when it is read.
    """
    where = spelled(path)
    try:
        fields = decoded(path, where, checked_kind(path, where), asked=asked, unscaled=True)
        for _, stored in fields:
            if not isinstance(stored, InputError):
                with suppress(InputError):
                    value = brightest_of(stored, where)
                    if value is not None:
                        yield value
    except InputError:
        return
