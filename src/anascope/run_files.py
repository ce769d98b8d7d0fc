"""Where everything is in a run folder: for who writes it, and for who only looks on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anascope.files import FolderFile, PathIn


@dataclass(frozen=True)
class RunFiles:
    """The files of a run; what each is for is told by :mod:`anascope.training`.

    Attributes:
        path: The run folder.
    """

    path: Path

    description = PathIn(FolderFile.RUN)
    preset_file = PathIn("preset.yaml")
    fold_file = PathIn("fold.json")
    history = PathIn("history.csv")
    tensorboard = PathIn("tensorboard")
    checkpoints = PathIn("checkpoints")
    model = PathIn("model")
    curves = PathIn("curves.png")
    predictions = PathIn("predictions.parquet")
    fields = PathIn("fields.parquet")
    metrics = PathIn("metrics.json")
    cells = PathIn("cells.png")
    hardware = PathIn("hardware.json")
    progress = PathIn("progress.json")
    failure = PathIn("failure.json")


def checkpoint_files(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder of them, the newest last."""
    return sorted(folder.glob("epoch-*.pt"))
