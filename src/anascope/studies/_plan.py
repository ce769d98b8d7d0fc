"""From a study and a cohort to the runs that have to be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from anascope.cohorts.folds import Fold, FoldPlan
from anascope.files import sha256_of, to_json
from anascope.presets import Preset, change_preset
from anascope.studies._study import Study
from anascope.studies._training import Training
from anascope.words import TASK_NAMES

_SHOWN = 10  # characters of the key in a run's name
# Keys of the preset that change nothing of what a run measures.
_WITHOUT_EFFECT: Any = {
    "description": True,
    "training": {"checkpoint_minutes": True, "keep_checkpoints": True},
}


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study: a training on a fold.

    Attributes:
        name: Of its folder: training, fold and the beginning of the key.
        key: SHA-256 of everything that the run's result depends on: the preset, who trains,
            validates and tests, and the cohort's fingerprint.
        training: The training.
        fold: Name of the fold.
        preset: The preset with the training's changes.
    """

    name: str
    key: str
    training: Training
    fold: str
    preset: Preset


def plan_runs(
    study: Study,
    preset: Preset,
    folds: FoldPlan,
    fingerprint: str,
    begun: Iterable[str] = (),
) -> tuple[PlannedRun, ...]:
    """Return every run of ``study``: training by training, within them fold by fold.

    Args:
        study: The study.
        preset: The preset that every training changes, with the study's common changes.
        folds: Who trains, validates and tests.
        fingerprint: Fingerprint of the cohort.
        begun: Names of existing runs. One with the key of a planned run is that run, whatever its
            training was called then.

    Raises:
        InputError: if a change does not fit the preset, or a fold that the study names does not
        exist.
    """
    by_key = {name.rpartition("-")[2]: name for name in begun}
    planned = [folds.fold(name) for name in study.folds.only or folds.folds]
    # Once a fold, not once a run: hundreds of patients stand in each.
    texts = [(fold.name, _as_text(fold)) for fold in planned]
    runs = []
    for training in study.trainings():
        changed = change_preset(preset, training.changes)
        settings = _settings(changed)
        for fold, text in texts:
            key = sha256_of(settings, text, fingerprint.encode())
            name = by_key.get(key[:_SHOWN], f"{training.slug}-{fold}-{key[:_SHOWN]}")
            runs.append(PlannedRun(name, key, training, fold, changed))
    return tuple(runs)


def longest_first(runs: Sequence[PlannedRun]) -> list[PlannedRun]:
    """Return ``runs`` with those of most epochs first, so that no long run is left at the end."""
    return sorted(runs, key=lambda run: -run.preset.training.epochs)


def run_key(preset: Preset, fold: Fold, fingerprint: str) -> str:
    """Return the key of a run of this preset on this fold of a cohort."""
    return sha256_of(_settings(preset), _as_text(fold), fingerprint.encode())


def _settings(preset: Preset) -> bytes:
    settings = preset.model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    if preset.tasks == TASK_NAMES:
        del settings["tasks"]  # which this key was made without, before tasks could be chosen
    return to_json(settings).encode()


def _as_text(fold: Fold) -> bytes:
    who = [fold.name, fold.train, fold.validation, fold.test]
    # Folds that leave nothing out have the text that they had before folds could.
    return to_json([*who, fold.left_out] if fold.left_out else who).encode()
