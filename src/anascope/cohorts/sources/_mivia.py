"""The MIVIA HEp-2 images distribution, as it is handed out.

``Main_Dataset/Images/NN/`` holds ``NN.bmp`` (signal in green), ``NN_mask.bmp`` and ``NN.csv``,
one row a cell: semicolons, lines that end in a lone carriage return, Latin-1. One image is one
specimen of one patient. The distribution spells some words in two ways, leaves the pattern of
artefacts empty, and gives mitotic cells "positive" or "negative" (their chromatin) where other
cells have a pattern. The masks of three images show only part of the cells in their tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._base import Source, SourceField
from anascope.cohorts.sources._border import mark_unannotated_border_cells
from anascope.cohorts.sources._boxed_cells import BoxedCell, cells_in_boxes
from anascope.cohorts.sources._outlines import Box, mark_cells_without_outline
from anascope.errors import InputError
from anascope.images import GreyImage, plain_mask, read_mask, read_signal
from anascope.records import CellRecord
from anascope.tables import TableRow, read_table, refuse_second
from anascope.words import MITOSIS

_IMAGES = Path("Main_Dataset") / "Images"
# 40-fold magnification onto pixels of 6.45 µm (Foggia et al., IEEE Transactions on Medical Imaging
# 32:1878, 2013).
_PIXEL_SIZE_UM = 6.45 / 40
_COLUMNS = (
    "intensity",
    "cell_id",
    "seed_pointx",
    "seed_pointy",
    "object_type",
    "pattern",
    "minx",
    "miny",
    "maxx",
    "maxy",
)
_BOX = ("miny", "minx", "maxy", "maxx")
_SEED = ("seed_pointy", "seed_pointx")
_HIGHEST = 2**15  # number of a cell: room for those that the table lacks
_KINDS = {
    "cell": "cell",
    "mitotic_cell": "mitotic_cell",
    "artefact": "artefact",
    "artefatto": "artefact",
}
_PHASES = {"cell": "interphase", "mitotic_cell": MITOSIS}
_CHROMATIN = {"positive": "stained", "negative": "unstained"}


class MiviaSource(Source):
    """The folder that holds ``Main_Dataset`` (or ``Main_Dataset``, or ``Images`` itself)."""

    name = "MIVIA HEp-2"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        candidates = [path / _IMAGES, path / "Images", path]
        self._folders: list[Path] = []
        for candidate in candidates:
            if candidate.is_dir():
                numbered = (f for f in candidate.iterdir() if f.is_dir() and f.name.isdigit())
                self._folders = sorted(numbered, key=lambda folder: int(folder.name))
            if self._folders:
                break
        else:
            raise InputError(path, "no numbered folders", f"{_IMAGES}/NN/NN.bmp")

    def __len__(self) -> int:
        return len(self._folders)

    def fields(self) -> Iterator[SourceField | InputError]:
        for folder in self._folders:
            try:
                yield self._field(folder)
            except InputError as error:
                yield error

    def _field(self, folder: Path) -> SourceField:
        number = folder.name
        image, mask, table = (
            folder / f"{number}{ending}" for ending in (".bmp", "_mask.bmp", ".csv")
        )
        rows = read_table(table, _COLUMNS, other_columns=True)
        cells = tuple(_cell(row, number) for row in rows)
        boxed = _boxed(cells, rows)
        return SourceField(
            field=number,
            where=self.relative(table),
            source_image=self.relative(image),
            read_image=partial(read_signal, image),
            source_mask=self.relative(mask) if mask.exists() else None,
            read_mask=partial(_read_mask, mask, _boxes(cells)) if mask.exists() else None,
            read_instances=partial(_read_instances, mask, boxed) if mask.exists() else None,
            patient=number,
            specimen=number,
            pattern=_most_common(cell.pattern for cell in cells if cell.kind == "cell"),
            intensity=_most_common(cell.intensity for cell in cells),
            pixel_size_um=_PIXEL_SIZE_UM,
            cells=cells,
        )


def _boxes(cells: tuple[CellRecord, ...]) -> list[Box]:
    return [
        (cell.min_y, cell.min_x, cell.max_y, cell.max_x)
        for cell in cells
        if cell.kind != "artefact"
    ]


def _boxed(cells: Sequence[CellRecord], rows: Sequence[TableRow | InputError]) -> list[BoxedCell]:
    """Return all rows as numbers, boxes and seed points; artefacts are outlined in masks, too."""
    boxed: list[BoxedCell] = []
    first_rows: dict[int, str] = {}
    for cell, row in zip(cells, rows, strict=True):
        if isinstance(row, InputError):
            raise row
        number = int(cell.cell) if cell.cell.isascii() and cell.cell.isdigit() else 0
        if not 1 <= number <= _HIGHEST:
            found, expected = f"cell_ID '{cell.cell}'", f"a number from 1 to {_HIGHEST}"
            raise InputError(row.where, found, expected)
        refuse_second(first_rows, number, row.where, f"cell_ID '{cell.cell}'", "one row a cell")
        box = (cell.min_y, cell.min_x, cell.max_y, cell.max_x)
        y, x = _whole(row, _SEED, "a seed point", "seed_pointX;seed_pointY")
        boxed.append(BoxedCell(number, box, (y, x)))
    return boxed


def _read_instances(path: Path, boxed: Sequence[BoxedCell]) -> NDArray[np.uint16]:
    return cells_in_boxes(read_mask(path), boxed)


def _read_mask(path: Path, boxes: Sequence[Box], image: GreyImage) -> NDArray[np.uint8]:
    cells = read_mask(path)
    if cells.shape != image.shape:
        return plain_mask(cells)  # the import says what is wrong with it
    return mark_cells_without_outline(mark_unannotated_border_cells(image, cells), boxes)


def _cell(row: TableRow | InputError, field: str) -> CellRecord:
    if isinstance(row, InputError):
        raise row
    kind = _KINDS.get(row["object_type"] or "")
    if kind is None:
        found = f"object_type '{row['object_type'] or ''}'"
        raise InputError(row.where, found, " or ".join(_KINDS))
    min_y, min_x, max_y, max_x = _whole(row, _BOX, "a box", "minX;minY;maxX;maxY")
    return CellRecord(
        field=field,
        cell=row["cell_id"] or "",
        kind=kind,
        pattern=row["pattern"] if kind == "cell" else None,
        intensity=row["intensity"],
        min_y=min_y,
        min_x=min_x,
        max_y=max_y,
        max_x=max_x,
        phase=_PHASES.get(kind),
        chromatin=_chromatin(row) if kind == "mitotic_cell" else None,
    )


def _chromatin(row: TableRow) -> str | None:
    """Return how the chromatin of a mitotic cell looks: in place of a pattern its row says that."""
    word = row["pattern"]
    if word is not None and word not in _CHROMATIN:
        raise InputError(row.where, f"a mitotic cell with '{word}'", " or ".join(_CHROMATIN))
    return None if word is None else _CHROMATIN[word]


def _whole(row: TableRow, columns: Sequence[str], what: str, expected: str) -> list[int]:
    try:
        return [int(row.values[column]) for column in columns]
    except ValueError:
        found = f"{what} that is not {len(columns)} whole numbers"
        raise InputError(row.where, found, expected) from None


def _most_common(words: Iterator[str | None]) -> str | None:
    counted = Counter(word for word in words if word)
    return counted.most_common(1)[0][0] if counted else None
