"""What a source of a cohort is: a list of fields that are read one at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.images import GreyImage, SameCamera, plain_mask, read_mask
from anascope.records import CellRecord


@dataclass(frozen=True)
class SourceField:
    """One field as a source describes it, before anything of it is read or checked.

    Labels are the source's own words; the import maps them to the vocabulary. An empty string or
    None means "not stated".

    Attributes:
        field: Its name, unique in the source.
        where: The file (and row) that describes it, for messages.
        source_image: The image file, relative to the source.
        read_image: Reads the signal: axes (y, x), uint8 or uint16.
        source_mask: The mask file, relative to the source, or None.
        read_mask: Reads the mask, given the image (values of ``MaskValue``, axes (y, x)), or None.
        read_instances: Returns the number of the cell at each pixel (0 where none is, axes
            (y, x)), or None.
        patient, specimen, pattern, intensity: As the source states them; several patterns of one
            serum with ``+`` between them.
        pixel_size_um: Size of a pixel in micrometres, or None.
        cells: Its cells, as far as the source lists them.
    """

    field: str
    where: str
    source_image: str
    read_image: Callable[[], GreyImage]
    source_mask: str | None = None
    read_mask: Callable[[GreyImage], NDArray[np.uint8]] | None = None
    read_instances: Callable[[], NDArray[np.uint16]] | None = None
    patient: str | None = None
    specimen: str | None = None
    pattern: str | None = None
    intensity: str | None = None
    pixel_size_um: float | None = None
    cells: tuple[CellRecord, ...] = ()


CELL_COLUMNS = tuple(column.name for column in fields(CellRecord) if column.default is MISSING)
"""Columns of ``cells.parquet``."""

MEASURED_COLUMNS = tuple(
    column.name for column in fields(CellRecord) if column.default is not MISSING
)
"""Columns that ``cells.parquet`` has where a source says them of a cell."""


def read_plain_mask(path: Path, image: GreyImage) -> NDArray[np.uint8]:
    """Return the mask of a file in which everything is known: ``read_mask`` of many sources."""
    return plain_mask(read_mask(path))


class Source(ABC):
    """A set of images in some layout.

    To add a layout: write one file beside this one with a subclass, name it in
    ``sources/__init__.py`` and inherit the contract tests of ``tests/contract``.
    """

    name: str
    """Name of the cohort that it makes."""

    camera: SameCamera | None = None
    """That of all images, where files may leave open what full brightness is."""

    gap: int = 0
    """Fields that folds leave out on each side of a border between two specimens, by default: for
    specimens that are recovered, whose borders are only nearly right."""

    notes: tuple[str, ...] = ()
    """What whoever uses the cohort must know; complete when all fields were yielded."""

    def __init__(self, path: Path) -> None:
        """Take the place of the source.

        Raises:
            InputError: if ``path`` does not hold this layout at all.
        """
        self.path = path

    @property
    def origin(self) -> str:
        """The origin of the source, for the record."""
        return str(self.path.resolve())

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of entries that :meth:`fields` yields, good or bad."""

    @abstractmethod
    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield the fields in a fixed order; an ``InputError`` instead of one that is bad."""

    def relative(self, path: Path) -> str:
        """Return ``path`` as seen from the source."""
        root = self.path if self.path.is_dir() else self.path.parent
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
