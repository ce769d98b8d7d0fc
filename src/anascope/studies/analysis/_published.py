"""The figures of the published study on the I3A Task 2 set, to stand beside ours."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import Field

from anascope.settings import Section, as_settings, read_settings
from anascope.studies import Training


class PublishedTraining(Section):
    """What the study printed of one of its trainings; of each task by its name."""

    changes: dict[str, Any]
    """The training's factors."""
    accuracies: dict[str, dict[str, float]]
    """Mean over the test patches of each fold."""
    means: dict[str, float]
    """Mean of the folds."""
    losses: dict[str, tuple[dict[str, float], ...]] = Field(default_factory=dict)
    """By fold and epoch."""


class _Figures(Section):
    trainings: tuple[PublishedTraining, ...]


@cache
def published_trainings() -> tuple[PublishedTraining, ...]:
    """Return all trainings of the published study."""
    source, value = read_settings("figures", "published", "anascope.studies.analysis")
    return as_settings(_Figures, source, value).trainings


def published_like(training: Training) -> PublishedTraining | None:
    """Return the published training that this is, whatever its seed, or None."""
    changes = {key: value for key, value in training.changes.items() if key != "training.seed"}
    return next((p for p in published_trainings() if p.changes == changes), None)
