"""How far a run is, as anyone may read it while the run goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """The progress of a run.

    Attributes:
        epoch: The present epoch, from 1; 0 before the first.
        epochs: Epochs of the run.
        step: Steps done of the epoch.
        steps: Steps of an epoch.
        losses: Last losses of mask, pattern and intensity.
        weights: Last balance weights.
        evaluating: Whether training is over and test patients are being measured.
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    losses: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    evaluating: bool = False

    @property
    def epochs_done(self) -> float:
        """Epochs done, with the share of the present one."""
        if self.evaluating:
            return self.epochs
        return max(self.epoch - 1, 0) + (self.step / self.steps if self.steps else 0.0)
