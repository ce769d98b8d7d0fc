"""The folder ``truth`` beside the files of a drawn set: every cell, and where it is."""

from __future__ import annotations

import csv
from pathlib import Path

import tifffile

from anascope.synthetic._field import DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic._truth import cell_rows


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
        rows = cell_rows(planned, drawn)
        if not rows:
            return
        first = not self._table.exists()
        with self._table.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            if first:
                writer.writeheader()
            writer.writerows(rows)
