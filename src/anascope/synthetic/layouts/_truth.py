"""The folder ``truth`` beside the files of a drawn set: every cell, and where it is."""

from __future__ import annotations

import csv
from dataclasses import asdict, fields
from pathlib import Path

import tifffile

from anascope.records import CellRecord
from anascope.synthetic._field import DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic._truth import cells_of


class Truth:
    """Writes ``<field>_Instances.tif``, 16 bits, and the table ``cells.csv``.

    Args:
        folder: The folder to make.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._table = folder / "cells.csv"

    def add(self, planned: PlannedField, drawn: DrawnField) -> None:
        """Write the instances and the cells of a field."""
        path = self._folder / f"{planned.name}_Instances.tif"
        tifffile.imwrite(path, drawn.instances, compression="zlib")
        cells = cells_of(planned, drawn)
        if not cells:
            return
        first = not self._table.exists()
        with self._table.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [column.name for column in fields(CellRecord)])
            if first:
                writer.writeheader()
            writer.writerows(map(asdict, cells))
