"""The I3A Task 1 set: single cells, cut out of images whose specimens are not told.

``gt_training.csv`` (Image ID, Image class) and ``NNNNN.png`` with ``NNNNN_Mask.png`` in
``training.tar`` or a folder ``training``. Nobody says which cells are of one specimen, but they lie
in the order of their specimens, so specimens can be recovered nearly.
"""

from __future__ import annotations

import io
import tarfile
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._base import Source, SourceField
from anascope.cohorts.sources._recovered import GAP, CellTraits, recover_specimens, traits_of
from anascope.cohorts.sources._rows import entries_of
from anascope.errors import InputError
from anascope.images import GreyImage, cells_shown, plain_mask, read_signal, signal_from
from anascope.records import MaskValue
from anascope.tables import TableRow, read_table, refuse_second

_TABLE = "gt_training.csv"
# A 20× objective and pixels of 6.45 µm (Hobson et al., Artificial Intelligence in Medicine 65:239,
# 2015).
PIXEL_SIZE_UM = 6.45 / 20
_TAR = "training.tar"
_FOLDER = "training"
_DIGITS = 5
_MASK_ENDING = "_Mask"


class I3aTask1Source(Source):
    """The folder with ``gt_training.csv`` and the cells, in their archive or extracted.

    Args:
        path: The folder.
        recover: Whether the specimens of the cells are recovered from their order and appearance;
            for this, all are read once before the first is yielded. Otherwise no specimen is known,
            as published.

    Raises:
        InputError: if the table or the cells are not there.
    """

    name = "I3A Task 1"

    def __init__(self, path: Path, *, recover: bool = True) -> None:
        super().__init__(path)
        self._recover = recover
        self.gap = GAP if recover else 0
        for name, present in (
            (_TABLE, (path / _TABLE).is_file()),
            (f"{_TAR} or a folder {_FOLDER}", (path / _TAR).is_file() or (path / _FOLDER).is_dir()),
        ):
            if not present:
                raise InputError(path, f"no {name}", f"{_TABLE} beside {_TAR}")
        self._table = path / _TABLE
        self._rows = read_table(self._table, ["image id", "image class"], other_columns=True)
        self._store: _Store = (
            _TarStore(path / _TAR) if (path / _TAR).is_file() else _FolderStore(path / _FOLDER)
        )
        listed = {_image_name(row) for row in self._rows if isinstance(row, TableRow)}
        self._unlisted = [
            name
            for name in self._store.names()
            if name not in listed and not name.endswith(f"{_MASK_ENDING}.png")
        ]

    def __len__(self) -> int:
        return len(self._rows) + len(self._unlisted)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield the cells in the table's order, then images that the table lacks, as errors."""
        specimens = self._specimens() if self._recover else {}
        read = partial(self._field, first_rows={}, specimens=specimens)
        unlisted = map(self._store.where, self._unlisted)
        yield from entries_of(self._rows, read, table=self._table, unlisted=unlisted)

    def _specimens(self) -> dict[str, str]:
        """Return the name of the specimen of each image; one that cannot be read gets none."""
        classes: dict[str, dict[str, CellTraits]] = defaultdict(dict)
        for row in sorted(filter(_is_row, self._rows), key=_image_name):
            traits = self._traits(_image_name(row))
            if traits is not None:
                classes[(row["image class"] or "").strip().lower()][_image_name(row)] = traits
        found = recover_specimens({name: [*cells.values()] for name, cells in classes.items()})
        named = {
            image: f"{name}-{number + 1:02d}"
            for name, numbers in found.items()
            for image, number in zip(classes[name], numbers.tolist(), strict=True)
        }
        self.notes = (
            f"{len(set(named.values()))} specimens are recovered from the order and the "
            "appearance of the cells, not published: borders between them are only approximate, "
            "so folds leave "
            f"out {GAP} cells on each side of a border",
        )
        return named

    def _traits(self, image: str) -> CellTraits | None:
        mask = f"{PurePosixPath(image).stem}{_MASK_ENDING}.png"
        try:
            pixels = self._store.read(image)
            cell = self._read_mask(mask, pixels) == MaskValue.CELL
        except InputError:  # said when the import reads it
            return None
        return traits_of(pixels, cell) if cell.shape == pixels.shape and cell.any() else None

    def _field(
        self, row: TableRow, first_rows: dict[str, str], specimens: dict[str, str]
    ) -> SourceField:
        image = _image_name(row)
        if not image:
            raise InputError(row.where, "no Image ID", "the number of a cell")
        found = f"Image ID '{row['image id']}'"
        refuse_second(first_rows, image, row.where, found, "one row a cell")
        mask = f"{PurePosixPath(image).stem}{_MASK_ENDING}.png"
        has_mask = self._store.has(mask)
        return SourceField(
            field=PurePosixPath(image).stem,
            where=row.where,
            source_image=f"{_FOLDER}/{image}",
            read_image=partial(self._store.read, image),
            source_mask=f"{_FOLDER}/{mask}" if has_mask else None,
            read_mask=partial(self._read_mask, mask) if has_mask else None,
            specimen=specimens.get(image),
            pattern=row["image class"],
            pixel_size_um=PIXEL_SIZE_UM,
        )

    def _read_mask(self, mask: str, image: GreyImage) -> NDArray[np.uint8]:
        return plain_mask(cells_shown(self._store.read(mask, one_bit=True)))


def _is_row(row: TableRow | InputError) -> TypeGuard[TableRow]:
    return isinstance(row, TableRow)


def _image_name(row: TableRow) -> str:
    """Return the file name of a row's cell; spreadsheets drop the zeros before a number."""
    number = row["image id"]
    return f"{number.zfill(_DIGITS)}.png" if number else ""


class _Store(ABC):
    """Where the images of the cells are."""

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all images, sorted."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Tell whether there is an image ``name``."""

    @abstractmethod
    def where(self, name: str) -> str:
        """Return how messages call the image ``name``."""

    @abstractmethod
    def read(self, name: str, *, one_bit: bool = False) -> GreyImage:
        """Return an image: axes (y, x); one of one bit only where that is asked for."""


class _FolderStore(_Store):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*.png"))

    def has(self, name: str) -> bool:
        return (self._folder / name).is_file()

    def where(self, name: str) -> str:
        return str(self._folder / name)

    def read(self, name: str, *, one_bit: bool = False) -> GreyImage:
        return read_signal(self._folder / name, one_bit=one_bit)


class _TarStore(_Store):
    """Reads members of an archive in place: their offsets are looked up once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._members: dict[str, tuple[int, int]] = {}
        self._damage = ""
        try:
            with tarfile.open(path, "r:") as archive:
                for member in archive:
                    if member.isfile() and member.name.endswith(".png"):
                        name = PurePosixPath(member.name).name
                        self._members[name] = (member.offset_data, member.size)
        except (tarfile.TarError, OSError) as error:
            self._damage = str(error) or type(error).__name__
        if not self._members:
            reason = f" ({self._damage})" if self._damage else ""
            raise InputError(path, f"no images{reason}", "a whole tar archive of PNG images")

    def names(self) -> list[str]:
        return sorted(self._members)

    def has(self, name: str) -> bool:
        return name in self._members

    def where(self, name: str) -> str:
        return f"{self._path}, {name}"

    def read(self, name: str, *, one_bit: bool = False) -> GreyImage:
        if name not in self._members:
            reason = f" in a truncated archive ({self._damage})" if self._damage else ""
            raise InputError(self.where(name), f"no such image{reason}", "an image of a cell")
        offset, size = self._members[name]
        with self._path.open("rb") as archive:
            archive.seek(offset)
            content = archive.read(size)
        if len(content) < size:
            raise InputError(self.where(name), "a truncated archive", f"{size} bytes")
        return signal_from(io.BytesIO(content), self.where(name), one_bit=one_bit)
