"""Fields in memory, as the viewer shows them, decoded from the images that were read."""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from anascope.desk.review import ImageChanged
from anascope.desk.worklist import ReadField
from anascope.errors import InputError
from anascope.images import AskedChannel, read_pages, stretched
from anascope.regular_files import regular_size
from anascope.writing import in_words

TILE = 512
"""Pixels of each side of a tile."""

_MOST = 256 * 2**20  # bytes of all fields in memory
_LARGEST = 400_000_000  # pixels of a field: more would take the memory of all others
_AS_READ = "the image as it was read"


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field in memory.

    Attributes:
        grey: As it is shown, axes (y, x).
        state: What changes when somebody writes to the image file.
    """

    grey: NDArray[np.uint8]
    state: tuple[int, ...]

    @property
    def levels(self) -> int:
        """Number of the level at full resolution; each one below has half its sides."""
        height, width = self.grey.shape
        return (max(int(height), int(width)) - 1).bit_length()

    def tile(self, level: int, column: int, row: int) -> bytes:
        """Return a tile as PNG.

        Raises:
            InputError: if there is no such tile.
        """
        height, width = self.grey.shape
        shrink = 2 ** (self.levels - level) if 0 <= level <= self.levels else 0
        side = TILE * shrink
        left, top = column * side, row * side
        if not shrink or not 0 <= left < width or not 0 <= top < height:
            raise InputError("tile", f"{level}/{column}_{row}", "one of this field")
        part = Image.fromarray(self.grey[top : top + side, left : left + side])
        return as_png(part.reduce(shrink) if shrink > 1 else part)


class Images:
    """Gives fields for the viewer, and keeps those in memory that were asked for last.

    An image file is read again as soon as somebody has written to it, and is never shown if its
    content is not the one that was read. Several threads may use it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], ShownField] = OrderedDict()
        self._lock = Lock()
        self._decoding: dict[tuple[object, ...], Lock] = {}

    def shown(self, field: ReadField) -> ShownField:
        """Return a field as it is shown.

        Raises:
            ImageChanged: if the image is gone, or is not the one that was read.
            InputError: if it cannot be decoded, or there is no image file.
        """
        provenance = field.summary.provenance
        if provenance is None or field.image is None:
            raise InputError(f"field '{field.name}'", "no image file", "a field of a file")
        key = (field.image, provenance.page, provenance.channel_asked, field.sha256)
        state = _state(field.image)
        with self._lock:
            lock = self._decoding.setdefault(key, Lock())
        with lock:  # whoever asks for the next tile waits for the first
            with self._lock:
                found = self._kept.get(key)
                if found is not None and found.state == state:
                    self._kept.move_to_end(key)
                    return found
            found = _decoded(field, state)
            with self._lock:
                self._kept[key] = found
                self._decoding.pop(key, None)
                while len(self._kept) > 1 and self._bytes() > _MOST:
                    self._kept.popitem(last=False)
            return found

    def _bytes(self) -> int:
        return sum(field.grey.nbytes for field in self._kept.values())


def as_png(picture: Image.Image) -> bytes:
    """Return a picture as PNG; packed quickly, as it is sent once."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _state(path: Path) -> tuple[int, ...]:
    where = f"image {path}"
    moved = f"{_AS_READ}; if it was moved, read it where it is now and bring the results in"
    try:
        regular_size(path, where, moved)
        status = path.stat()
    except InputError as error:
        raise ImageChanged(error.where, error.found, error.expected) from None
    except OSError as error:
        raise ImageChanged(where, in_words(error)[0], moved) from None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _decoded(field: ReadField, state: tuple[int, ...]) -> ShownField:
    provenance, path = field.summary.provenance, field.image
    assert provenance is not None
    assert path is not None
    size = field.summary.height * field.summary.width
    if size > _LARGEST:
        where, expected = f"field '{field.name}'", f"at most {_LARGEST:,} in the viewer"
        raise InputError(where, f"{size:,} pixels", expected)
    asked = provenance.channel_asked
    channel = None if asked is None else AskedChannel.of(asked)
    for number, image in enumerate(read_pages(path, asked=channel), start=1):
        if number != provenance.page:
            continue
        if isinstance(image, InputError):
            raise image
        if image.sha256 != field.sha256:
            break
        return ShownField(stretched(image.pixels), state)
    anew = f"{_AS_READ}; if it was meant to change, read it again and bring the results in"
    raise ImageChanged(f"image {path}", "was changed since it was read (its SHA-256 differs)", anew)
