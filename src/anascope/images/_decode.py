"""An image file into its fields, with whatever a decoder raises as an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO

from anascope.errors import InputError
from anascope.images._bioio import MICROSCOPE_SUFFIXES, microscope_fields
from anascope.images._channels import AskedChannel
from anascope.images._complaints import tifffile_complaints
from anascope.images._dicom import dicom_fields
from anascope.images._full_scale import Stored
from anascope.images._kind import HEAD, KINDS_READ, kind_of
from anascope.images._page import Page
from anascope.images._plain import plain_field
from anascope.images._tiff import tiff_fields
from anascope.regular_files import regular_size, why_not

_MICROSCOPES = {suffix.removeprefix(".").upper() for suffix in MICROSCOPE_SUFFIXES}
EXPECTED = "an image file: PNG, JPEG, BMP or TIFF"
_VOWELS = {"HTML", "HDF5", "HEIF", "XML"}  # begin with one when spoken


def decoded(
    file: Path | BinaryIO,
    where: str,
    kind: str,
    *,
    one_bit: bool = False,
    asked: AskedChannel | None = None,
    unscaled: bool = False,
) -> Iterator[tuple[Page, Stored | InputError]]:
    """Yield the fields of a file and their signal, or what is wrong with one.

    Args:
        file: It, or where it is.
        where: What to name in messages.
        kind: Which decoder to take.
        one_bit: Whether to take an image of one bit.
        asked: The channel to read.
        unscaled: Whether to pass over fields that are known to say their full scale.

    Raises:
        InputError: whatever is wrong with the file as a whole.
    """
    pages = _fields(file, where, kind, one_bit, asked)
    with closing(pages):  # type: ignore[type-var]
        while True:
            with _as_input_error(where, kind) as complaints:
                page = next(pages, None)
            if page is None:
                if complaints:
                    raise _damaged(where, kind)
                return
            if unscaled and page.is_scaled:
                continue
            stored = _decoded_page(page, where, kind)
            if complaints:  # of what all pages hang on; a page may say more exactly what is wrong
                raise stored if isinstance(stored, InputError) else _damaged(where, kind)
            yield page, stored


def _decoded_page(page: Page, where: str, kind: str) -> Stored | InputError:
    try:
        with _as_input_error(where, kind) as complaints:
            stored = page.decode()
    except InputError as error:
        return error
    return _damaged(where, kind) if complaints else stored


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


def checked_kind(path: Path, where: str) -> str:
    """Return the kind of the file, if it is a regular one that may be read."""
    if regular_size(path, where, EXPECTED) == 0:
        raise InputError(where, "an empty file", EXPECTED)
    try:
        with path.open("rb") as file:
            return kind_of(file.read(HEAD))
    except OSError as error:
        raise InputError(where, why_not(path, error), EXPECTED) from None


def _fields(
    file: Path | BinaryIO, where: str, kind: str, one_bit: bool, asked: AskedChannel | None
) -> Iterator[Page]:
    if kind == "TIFF":
        yield from tiff_fields(file, where, one_bit=one_bit, asked=asked)
    elif kind == "DICOM":
        yield from dicom_fields(file, where, asked)
    elif kind in KINDS_READ:
        decode = partial(plain_field, file, where, kind, one_bit=one_bit, asked=asked)
        yield Page(decode, is_scaled=kind != "PNG")  # which alone has 16 bits
    elif isinstance(file, Path) and (
        kind in _MICROSCOPES or file.suffix.lower() in MICROSCOPE_SUFFIXES
    ):
        yield from microscope_fields(file, where, asked)
    else:
        article = "an" if kind in _VOWELS else "a"
        found = "an unknown kind of file" if kind == "unknown" else f"{article} {kind} file"
        raise InputError(where, found, EXPECTED)


def _damaged(where: str, kind: str) -> InputError:
    if kind == "unknown":
        kind = PurePath(where).suffix.removeprefix(".").upper()
    return InputError(where, f"a damaged or truncated {kind} file", "a whole image file")
