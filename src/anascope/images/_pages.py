"""The fields that an image file holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from anascope.errors import InputError
from anascope.images._bioio import MICROSCOPE_SUFFIXES, microscope_fields
from anascope.images._complaints import tifffile_complaints
from anascope.images._grey import GreyImage, size_of
from anascope.images._kind import HEAD, KINDS_READ, kind_of
from anascope.images._names import spelled, stem_of
from anascope.images._plain import plain_field
from anascope.images._tiff import tiff_fields
from anascope.regular_files import regular_size, why_not

_MICROSCOPES = {suffix.removeprefix(".").upper() for suffix in MICROSCOPE_SUFFIXES}
EXPECTED = "an image file: PNG, JPEG, BMP or TIFF"
_VOWELS = {"HTML", "HDF5", "HEIF", "XML"}  # begin with one when spoken
_SMALLEST = 16  # pixels of a side; a nucleus alone has more
_Fields = Iterator[tuple[GreyImage, float | None, int, int]]


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
    """

    pixels: GreyImage
    pixel_size_um: float | None
    name: str
    page: int
    pages: int


def read_pages(path: str | Path) -> Iterator[SignalImage]:
    """Yield the fields that an image file holds, one after the other.

    The kind of the file is taken from its content, not from its name. Colour images give their
    green channel, where the fluorescein signal is; of several channels the green one is taken
    (:func:`~anascope.images._channels.green_channel`). It may be called from several threads.

    Raises:
        InputError: at the first field that cannot be read whole, with the reason in one line.
    """
    path = Path(path)
    where = spelled(path)
    for pixels, size, page, pages in _decoded(path, where, _checked_kind(path, where)):
        if min(pixels.shape) < _SMALLEST:
            found = f"an image of {size_of(pixels)}"
            raise InputError(where, found, f"at least {_SMALLEST} on each side")
        stem = stem_of(path)
        name = stem if pages == 1 else page_name(stem, page, pages)
        yield SignalImage(pixels, size, name, page, pages)


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


def _only(fields: _Fields, where: str) -> GreyImage:
    pixels, _, _, pages = next(fields)
    if pages != 1:
        raise InputError(where, f"{pages} pages", "an image of one page")
    return pixels


def _decoded(file: Path | BinaryIO, where: str, kind: str, *, one_bit: bool = False) -> _Fields:
    """Yield the fields of a file; whatever is wrong with it is an :class:`InputError`."""
    fields = _fields(file, where, kind, one_bit)
    with closing(fields):  # type: ignore[type-var]
        while True:
            # Only while decoding: what the caller does between two fields is not ours to judge.
            with tifffile_complaints() as complaints:
                try:
                    field = next(fields, None)
                except InputError:
                    raise
                except MemoryError as error:
                    raise InputError(where, "more than the memory holds", EXPECTED) from error
                except Exception as error:  # whatever the format makes its decoder raise
                    raise _damaged(where, kind) from error
            if complaints:
                raise _damaged(where, kind)
            if field is None:
                return
            yield field


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


def _fields(file: Path | BinaryIO, where: str, kind: str, one_bit: bool) -> _Fields:
    if kind == "TIFF":
        yield from tiff_fields(file, where, one_bit=one_bit)
    elif kind in KINDS_READ:
        yield plain_field(file, where, kind, one_bit=one_bit), None, 1, 1
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
