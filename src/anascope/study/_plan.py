"""From a study and a cohort to the runs that have to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anascope.files import sha256_of, to_json
from anascope.folds import Fold, FoldPlan
from anascope.presets import Preset, change_preset, load_preset
from anascope.study._study import Study
from anascope.study._training import Training


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study: a training on a fold.

    Attributes:
        name: Of its folder: training, fold and the beginning of the key.
        key: SHA-256 of everything that the run's result depends on: the whole preset, who
            trains, validates and tests, and the cohort's fingerprint.
        training: The training.
        fold: Name of the fold.
        preset: The preset with the training's changes.
    """

    name: str
    key: str
    training: Training
    fold: str
    preset: Preset


def plan_runs(study: Study, folds: FoldPlan, fingerprint: str) -> tuple[PlannedRun, ...]:
    """Return every run of ``study``: training by training, within them fold by fold.

    Args:
        study: The study.
        folds: Who trains, validates and tests.
        fingerprint: Of the cohort.

    Raises:
        InputError: if the preset is unknown, a change does not fit it, or there is no fold of
            a name that the study wants.
    """
    base = load_preset(study.preset, study.changes)
    wanted = [folds.fold(name) for name in study.folds.only or folds.folds]
    # Once a fold, not once a run: hundreds of patients stand in each.
    texts = [(fold.name, _said(fold).encode()) for fold in wanted]
    runs = []
    for training in study.trainings():
        preset = change_preset(base, training.changes)
        said = to_json(preset.model_dump(mode="json"))
        for fold, text in texts:
            key = sha256_of(said.encode(), text, fingerprint.encode())
            name = f"{training.slug}-{fold}-{key[:8]}"
            runs.append(PlannedRun(name, key, training, fold, preset))
    return tuple(runs)


def longest_first(runs: Sequence[PlannedRun]) -> list[PlannedRun]:
    """Return ``runs`` with those of most epochs first, so that none is left over at the end."""
    return sorted(runs, key=lambda run: -run.preset.training.epochs)


def _said(fold: Fold) -> str:
    return to_json([fold.name, fold.train, fold.validation, fold.test])
