"""Writes how far a training is into its run folder."""

from __future__ import annotations

import time
from pathlib import Path

from anascope.run_files import RunFiles
from anascope.settings import write_file
from anascope.studies._progress import Progress
from anascope.training import StepDone, TrainingBegan
from anascope.workers import Event

_EVERY = 1.0  # seconds between two writes


class ProgressFile:
    """Watches a training and writes how far it is into its run folder, at most once a second."""

    def __init__(self, run: Path) -> None:
        self._path = RunFiles(run).progress
        self._began = TrainingBegan(0, 0, 0)
        self._written = 0.0

    def __call__(self, event: Event) -> None:
        """Write where the training begins, and where it is."""
        if isinstance(event, TrainingBegan):
            self._began = event
            first = min(event.first_epoch, event.epochs)
            self._write(Progress(first, event.epochs, 0, event.steps))
        elif isinstance(event, StepDone) and time.monotonic() - self._written >= _EVERY:
            epochs, steps = self._began.epochs, self._began.steps
            self._write(
                Progress(event.epoch, epochs, event.step, steps, event.losses, event.weights)
            )

    def evaluating(self) -> None:
        """Write that test patients are being measured."""
        epochs = self._began.epochs
        self._write(Progress(epochs, epochs, evaluating=True))

    def _write(self, progress: Progress) -> None:
        write_file(self._path, progress)
        self._written = time.monotonic()
