"""Who is told how a training goes."""

from __future__ import annotations

from collections.abc import Sequence

from anascope.training._history import Row


class Watcher:
    """Is told how a training goes; override what is of interest."""

    def begin(self, epochs: int, steps: int, first_epoch: int) -> None:
        """Training begins: so many epochs of so many steps, from ``first_epoch`` (1, 2, ...)."""

    def step(
        self, epoch: int, step: int, losses: Sequence[float], weights: Sequence[float]
    ) -> None:
        """A step of an epoch is done."""

    def epoch(self, row: Row) -> None:
        """An epoch is done."""
