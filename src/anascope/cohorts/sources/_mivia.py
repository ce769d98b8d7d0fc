"""The MIVIA HEp-2 images distribution, as it is handed out.

``Main_Dataset/Images/NN/`` holds ``NN.bmp`` (signal in green), ``NN_mask.bmp`` and ``NN.csv``,
one row a cell: semicolons, lines that end in a lone carriage return, Latin-1. One image is one
specimen of one patient. The distribution spells some words in two ways, leaves the pattern of
artefacts empty, and gives mitotic cells "positive" or "negative" (their chromatin) where other
cells have a pattern. The masks of three images show only part of the cells in their tables.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._base import Source, SourceField
from anascope.cohorts.sources._border import mark_unannotated_border_cells
from anascope.cohorts.sources._outlines import Box, mark_cells_without_outline
from anascope.errors import InputError
from anascope.images import GreyImage, plain_mask, read_mask, read_signal

_IMAGES = Path("Main_Dataset") / "Images"
# 40-fold magnification onto pixels of 6.45 µm (Foggia et al., IEEE Transactions on Medical Imaging
# 32:1878, 2013).
_PIXEL_SIZE_UM = 6.45 / 40
_COLUMNS = (
    "intensity",
    "cell_ID",
    "seed_pointX",
    "seed_pointY",
    "object_type",
    "pattern",
    "minX",
    "minY",
    "maxX",
    "maxY",
)
_KINDS = {
    "cell": "cell",
    "mitotic_cell": "mitotic_cell",
    "artefact": "artefact",
    "artefatto": "artefact",
}


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
        cells = _read_cells(table, number)
        return SourceField(
            field=number,
            where=self.relative(table),
            source_image=self.relative(image),
            read_image=partial(read_signal, image),
            source_mask=self.relative(mask) if mask.exists() else None,
            read_mask=partial(_read_mask, mask, _boxes(cells)) if mask.exists() else None,
            patient=number,
            specimen=number,
            pattern=_most_common(row["pattern"] for row in cells if row["kind"] == "cell"),
            intensity=_most_common(row["intensity"] for row in cells),
            pixel_size_um=_PIXEL_SIZE_UM,
            cells=cells,
        )


def _boxes(cells: tuple[dict[str, Any], ...]) -> list[Box]:
    return [
        (cell["min_y"], cell["min_x"], cell["max_y"], cell["max_x"])
        for cell in cells
        if cell["kind"] != "artefact"
    ]


def _read_mask(path: Path, boxes: Sequence[Box], image: GreyImage) -> NDArray[np.uint8]:
    cells = read_mask(path)
    if cells.shape != image.shape:
        return plain_mask(cells)  # the import says what is wrong with it
    return mark_cells_without_outline(mark_unannotated_border_cells(image, cells), boxes)


def _read_cells(path: Path, field: str) -> tuple[dict[str, Any], ...]:
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except FileNotFoundError:
        raise InputError(path, "no such file", "the table of the image's cells") from None
    rows = [row for row in csv.reader(lines, delimiter=";") if row]
    if not rows or tuple(name.strip() for name in rows[0][: len(_COLUMNS)]) != _COLUMNS:
        header = ";".join(rows[0]) if rows else "an empty file"
        raise InputError(path, f"header '{header}'", ";".join(_COLUMNS))
    return tuple(
        _cell(dict(zip(_COLUMNS, row, strict=False)), field, f"{path}, row {number}")
        for number, row in enumerate(rows[1:], start=2)
    )


def _cell(row: dict[str, str], field: str, where: str) -> dict[str, Any]:
    kind = _KINDS.get(row["object_type"].strip())
    if kind is None:
        raise InputError(where, f"object_type '{row['object_type']}'", " or ".join(_KINDS))
    try:
        box = {
            f"{end}_{axis}": int(row[f"{end}{axis.upper()}"])
            for end in ("min", "max")
            for axis in ("y", "x")
        }
    except (KeyError, ValueError):
        raise InputError(
            where, "a box that is not four whole numbers", "minX;minY;maxX;maxY"
        ) from None
    return {
        "field": field,
        "cell": row["cell_ID"].strip(),
        "kind": kind,
        # "positive" and "negative" describe the chromatin of mitotic cells, not a pattern.
        "pattern": row["pattern"].strip() or None if kind == "cell" else None,
        "intensity": row["intensity"].strip() or None,
    } | box


def _most_common(words: Iterator[str | None]) -> str | None:
    counted = Counter(word for word in words if word)
    return counted.most_common(1)[0][0] if counted else None
