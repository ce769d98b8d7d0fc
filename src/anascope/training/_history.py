"""What happened, epoch by epoch: CSV and TensorBoard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.errors import InputError, one_line
from anascope.files import replacing
from anascope.own_tables import read_csv
from anascope.writing import writing

Row = dict[str, float]
"""One epoch: ``epoch``, ``train_*``, ``validation_*``, ``weight_*``, ``seconds`` and so on."""


def write_history(path: Path, rows: Sequence[Row]) -> None:
    """Write one line an epoch as CSV."""
    with replacing(path) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)


def read_history(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_history` wrote.

    Raises:
        InputError: if the file is missing or damaged, or its epochs are not 1, 2, 3 and so on.
    """
    path = Path(path)
    history = read_csv(path, ["epoch"])
    if history["epoch"].tolist() != list(range(1, len(history) + 1)):
        found = f"{one_line(str(history['epoch'].tolist())):.60}"
        raise InputError(f"{path}, column epoch", found, "1, 2, 3 and so on")
    return history


class TensorBoard:
    """Writes the rows for TensorBoard; a resumed run goes on where it was.

    Args:
        folder: Where the event files go.
        first_epoch: The first epoch that will be written; later ones of a run that was killed
            are dropped by TensorBoard.
    """

    def __init__(self, folder: Path, first_epoch: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._folder = folder
        with writing(folder):
            self._writer: Any = SummaryWriter(str(folder), purge_step=first_epoch)

    def add(self, row: Row) -> None:
        """Write one epoch."""
        with writing(self._folder):
            for key, value in row.items():
                if key != "epoch":
                    group, _, name = key.partition("_")
                    self._writer.add_scalar(f"{group}/{name or group}", value, int(row["epoch"]))
            self._writer.flush()  # what its thread could not write is raised here

    def close(self) -> None:
        """Write what is pending."""
        with writing(self._folder):
            self._writer.close()
