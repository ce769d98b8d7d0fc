"""The fields that an image file holds."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO

from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.images._bioio import MICROSCOPE_SUFFIXES, microscope_fields
from anascope.images._complaints import tifffile_complaints
from anascope.images._grey import GreyImage, size_of
from anascope.images._kind import HEAD, KINDS_READ, kind_of
from anascope.images._names import spelled, stem_of
from anascope.images._page import Page
from anascope.images._plain import plain_field
from anascope.images._tiff import tiff_fields
from anascope.regular_files import regular_size, why_not

_MICROSCOPES = {suffix.removeprefix(".").upper() for suffix in MICROSCOPE_SUFFIXES}
EXPECTED = "an image file: PNG, JPEG, BMP or TIFF"
_VOWELS = {"HTML", "HDF5", "HEIF", "XML"}  # begin with one when spoken
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
        channel: Which of the channels that the file describes it is, from 0, or None if it
            describes none.
        sha256: Hash of the file's content, hexadecimal: the very bytes that were decoded.
    """

    pixels: GreyImage
    pixel_size_um: float | None
    name: str
    page: int
    pages: int
    channel: int | None
    sha256: str


def read_pages(path: str | Path) -> Iterator[SignalImage | InputError]:
    """Yield the fields that an image file holds, one after the other.

    A page that cannot be read whole stops no other: in its place comes the error that says why.

    The kind of the file is taken from its content, not from its name. Colour images give their
    green channel, where the fluorescein signal is; of several channels the green one is taken
    (:func:`~anascope.images._channels.green_channel`). It may be called from several threads.

    Raises:
        InputError: if the file as a whole cannot be read, with the reason in one line.
    """
    path = Path(path)
    where = spelled(path)
    kind = _checked_kind(path, where)
    file, sha256, status = _opened(path, where, kind)
    for page, pixels in _decoded(file, where, kind):
        if isinstance(pixels, InputError):
            yield pixels
        elif min(pixels.shape) < _SMALLEST:
            page_where = where if page.count == 1 else f"{where}, page {page.number}"
            found = f"an image of {size_of(pixels)}"
            yield InputError(page_where, found, f"at least {_SMALLEST} on each side")
        else:
            stem = stem_of(path)
            name = stem if page.count == 1 else page_name(stem, page.number, page.count)
            yield SignalImage(
                pixels, page.pixel_size_um, name, page.number, page.count, page.channel, sha256
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


def read_signal(path: str | Path, *, one_bit: bool = False) -> GreyImage:
    """Return the fluorescence signal of an image file with one field, as :func:`read_pages` does.

    Args:
        path: The file.
        one_bit: Whether to take an image of one bit as 0 and 255: masks may be that.

    Returns:
        Array of axes (y, x), uint8 or uint16.

    Raises:
        InputError: if the file is missing, damaged, no image, or holds several fields.
    """
    path = Path(path)
    where = spelled(path)
    return _only(_decoded(path, where, _checked_kind(path, where), one_bit=one_bit), where)


def signal_from(file: BinaryIO, where: str, *, one_bit: bool = False) -> GreyImage:
    """Return what :func:`read_signal` does, of an image file that is open.

    Args:
        file: Its content, opened for reading at its beginning.
        where: What to name in messages.
        one_bit: Whether to take an image of one bit.
    """
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    return _only(_decoded(file, where, kind, one_bit=one_bit), where)


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


def _only(fields: Iterator[tuple[Page, GreyImage | InputError]], where: str) -> GreyImage:
    page, pixels = next(fields)
    if page.count != 1:
        raise InputError(where, f"{page.count} pages", "an image of one page")
    if isinstance(pixels, InputError):
        raise pixels
    return pixels


def _decoded(
    file: Path | BinaryIO, where: str, kind: str, *, one_bit: bool = False
) -> Iterator[tuple[Page, GreyImage | InputError]]:
    """Yield the fields of a file and their signal, or what is wrong with one.

    Raises:
        InputError: whatever is wrong with the file as a whole.
    """
    pages = _fields(file, where, kind, one_bit)
    with closing(pages):  # type: ignore[type-var]
        while True:
            with _as_input_error(where, kind) as complaints:
                page = next(pages, None)
            if page is None:
                if complaints:
                    raise _damaged(where, kind)
                return
            pixels = _decoded_page(page, where, kind)
            if complaints:  # of what all pages hang on; a page may say more exactly what is wrong
                raise pixels if isinstance(pixels, InputError) else _damaged(where, kind)
            yield page, pixels


def _decoded_page(page: Page, where: str, kind: str) -> GreyImage | InputError:
    try:
        with _as_input_error(where, kind) as complaints:
            pixels = page.decode()
    except InputError as error:
        return error
    return _damaged(where, kind) if complaints else pixels


@contextmanager
def _as_input_error(where: str, kind: str) -> Iterator[list[str]]:
    """Turn whatever a decoder raises into an error of ours; give what it complains of."""
    # Only while decoding: what the caller does between two fields is not ours to judge.
    with tifffile_complaints() as complaints:
        try:
            yield complaints
        except InputError:
            raise
        except MemoryError as error:
            raise InputError(where, "more than the memory holds", EXPECTED) from error
        except Exception as error:  # whatever the format makes its decoder raise
            raise _damaged(where, kind) from error


def page_name(stem: str, page: int, pages: int) -> str:
    """Return the name of one page of a file of several, such that names sort by page."""
    return f"{stem}-page{page:0{len(str(pages))}d}"


def _checked_kind(path: Path, where: str) -> str:
    """Return the kind of the file, if it is a regular one that may be read."""
    if regular_size(path, where, EXPECTED) == 0:
        raise InputError(where, "an empty file", EXPECTED)
    try:
        with path.open("rb") as file:
            return kind_of(file.read(HEAD))
    except OSError as error:
        raise InputError(where, why_not(path, error), EXPECTED) from None


def _fields(file: Path | BinaryIO, where: str, kind: str, one_bit: bool) -> Iterator[Page]:
    if kind == "TIFF":
        yield from tiff_fields(file, where, one_bit=one_bit)
    elif kind in KINDS_READ:
        yield Page(partial(plain_field, file, where, kind, one_bit=one_bit))
    elif isinstance(file, Path) and (
        kind in _MICROSCOPES or file.suffix.lower() in MICROSCOPE_SUFFIXES
    ):
        yield from microscope_fields(file, where)
    else:
        article = "an" if kind in _VOWELS else "a"
        found = "an unknown kind of file" if kind == "unknown" else f"{article} {kind} file"
        raise InputError(where, found, EXPECTED)


def _damaged(where: str, kind: str) -> InputError:
    if kind == "unknown":
        kind = PurePath(where).suffix.removeprefix(".").upper()
    return InputError(where, f"a damaged or truncated {kind} file", "a whole image file")
