"""The fields that an image file holds."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.images._camera import SameCamera, scaled
from anascope.images._channels import AskedChannel
from anascope.images._decode import EXPECTED, checked_kind, decoded
from anascope.images._full_scale import FullScale, Stored
from anascope.images._grey import GreyImage, size_of
from anascope.images._kind import HEAD, KINDS_READ, kind_of
from anascope.images._names import spelled, stem_of
from anascope.images._page import Page
from anascope.regular_files import why_not

_SMALLEST = 16  # pixels of a side; a nucleus alone has more
_IN_MEMORY = 256 * 2**20  # bytes; files up to this size are read once, hashed and decoded


@dataclass(frozen=True, eq=False)
class SignalImage:
    """The signal of one field.

    Attributes:
        pixels: Axes (y, x), uint8 or uint16.
        pixel_size_um: Side of a pixel on the specimen in micrometres, or None if the file does
            not say it.
        name: The file's stem, with the page if the file has several.
        page: Which page of the file it is, from 1; in files of microscopes which scene, time and
            depth.
        pages: How many the file has.
        channel: Which of the file's channels it is, from 0, or None if the file describes none and
            none was requested.
        sha256: Hash of the file's content, hexadecimal: the very bytes that were decoded.
        full_scale: Which value of the file became the brightest of ``pixels``.
        brightest: The brightest value in the file, or None if the file states its full scale.
    """

    pixels: GreyImage
    pixel_size_um: float | None
    name: str
    page: int
    pages: int
    channel: int | None
    sha256: str
    full_scale: FullScale
    brightest: float | None


def read_pages(
    path: str | Path, *, asked: AskedChannel | None = None, camera: SameCamera | None = None
) -> Iterator[SignalImage | InputError]:
    """Yield the fields that an image file holds, one after the other.

    A page that cannot be read completely stops no other: an error that states the reason is yielded
    instead.

    The kind of the file is taken from its content, not from its name. Colour images give their
    green channel, where the fluorescein signal is; of several channels the green one is taken
    (:func:`~anascope.images._channels.green_channel`). It may be called from several threads.

    Pixels are at the full scale of their type: 4095 of a camera of 12 bits becomes 65535. Where the
    file does not say its full scale, it is the least usual one that holds the brightest value of
    all images of the camera.

    Args:
        path: The file.
        asked: The channel to read; None takes the green one.
        camera: The images taken with the same camera; None for this page alone.

    Raises:
        InputError: if the file as a whole cannot be read, with the reason in one line.
    """
    path = Path(path)
    where = spelled(path)
    kind = checked_kind(path, where)
    file, sha256, status = _opened(path, where, kind)
    for page, stored in decoded(file, where, kind, asked=asked):
        page_where = where if page.count == 1 else f"{where}, page {page.number}"
        if isinstance(stored, InputError):
            yield stored
        elif min(stored.values.shape) < _SMALLEST:
            found = f"an image of {size_of(stored.values)}"
            yield InputError(page_where, found, f"at least {_SMALLEST} on each side")
        else:
            stem = stem_of(path)
            name = stem if page.count == 1 else page_name(stem, page.number, page.count)
            try:
                pixels, full, brightest = scaled(stored, page_where, camera)
            except InputError as error:
                yield error
                continue
            yield SignalImage(
                pixels,
                page.pixel_size_um,
                name,
                page.number,
                page.count,
                page.channel if stored.channel is None else stored.channel,
                sha256,
                full,
                brightest,
            )
    if status is not None and _state(path) != status:
        raise InputError(where, "a file that changed while it was read", "one that stays as it is")


def content_sha256(path: Path) -> str:
    """Return the hash of a file's content, as :func:`read_pages` gives it.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_signal(
    path: str | Path,
    *,
    one_bit: bool = False,
    asked: AskedChannel | None = None,
    camera: SameCamera | None = None,
) -> GreyImage:
    """Return the fluorescence signal of an image file with one field, as :func:`read_pages` does.

    Args:
        path: The file.
        one_bit: Whether to take an image of one bit as 0 and 255: masks may be that.
        asked, camera: As :func:`read_pages` takes them.

    Returns:
        Array of axes (y, x), uint8 or uint16.

    Raises:
        InputError: if the file is missing, damaged, no image, or holds several fields.
    """
    path = Path(path)
    where = spelled(path)
    kind = checked_kind(path, where)
    return _only(decoded(path, where, kind, one_bit=one_bit, asked=asked), where, camera)


def signal_from(file: BinaryIO, where: str, *, one_bit: bool = False) -> GreyImage:
    """Return what :func:`read_signal` does, of an image file that is open.

    Args:
        file: Its content, opened for reading at its beginning.
        where: What to name in messages.
        one_bit: Whether to take an image of one bit.
    """
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    return _only(decoded(file, where, kind, one_bit=one_bit), where)


def _opened(
    path: Path, where: str, kind: str
) -> tuple[Path | BinaryIO, str, tuple[int, ...] | None]:
    """Return what to decode, its hash, and how the file was if it is not in memory as a whole."""
    try:
        if kind in KINDS_READ and path.stat().st_size <= _IN_MEMORY:
            content = path.read_bytes()
            return io.BytesIO(content), sha256_of(content), None
        status = _state(path)
        return path, content_sha256(path), status
    except OSError as error:
        raise InputError(where, why_not(path, error), EXPECTED) from None


def _state(path: Path) -> tuple[int, ...] | None:
    """Return what changes when somebody writes to a file, or None if it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _only(
    fields: Iterator[tuple[Page, Stored | InputError]],
    where: str,
    camera: SameCamera | None = None,
) -> GreyImage:
    page, stored = next(fields)
    if page.count != 1:
        raise InputError(where, f"{page.count} pages", "an image of one page")
    if isinstance(stored, InputError):
        raise stored
    return scaled(stored, where, camera)[0]


def page_name(stem: str, page: int, pages: int) -> str:
    """Return the name of one page of a file of several, such that names sort by page."""
    return f"{stem}-page{page:0{len(str(pages))}d}"
