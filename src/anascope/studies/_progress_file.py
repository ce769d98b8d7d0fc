"""Writes how far a training is into its run folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from anascope.run_files import RunFiles
from anascope.settings import write_file
from anascope.studies._progress import Progress
from anascope.training import Watcher

_EVERY = 1.0  # seconds between two writes


class ProgressFile(Watcher):
    """Writes the progress of a training into its run folder, at most once a second."""

    def __init__(self, run: Path) -> None:
        self._path = RunFiles(run).progress
        self._steps = self._epochs = 0
        self._written = 0.0

    def begin(self, epochs: int, steps: int, first_epoch: int) -> None:
        """Write where the training begins."""
        self._epochs, self._steps = epochs, steps
        self._write(Progress(min(first_epoch, epochs), epochs, 0, steps))

    def step(
        self, epoch: int, step: int, losses: Sequence[float], weights: Sequence[float]
    ) -> None:
        """Write where it is."""
        if time.monotonic() - self._written >= _EVERY:
            self._write(
                Progress(epoch, self._epochs, step, self._steps, tuple(losses), tuple(weights))
            )

    def evaluating(self) -> None:
        """Write that test patients are being measured."""
        self._write(Progress(self._epochs, self._epochs, evaluating=True))

    def _write(self, progress: Progress) -> None:
        write_file(self._path, progress)
        self._written = time.monotonic()
