"""Results of studies with a known answer, made up in memory: no file, no cohort, no training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cohorts.folds import Fold, FoldPlan
from anascope.environment import Hardware
from anascope.presets import load_preset
from anascope.studies import Study, StudyFolder, Training, plan_runs
from anascope.studies.analysis import Figure, Figures, Results, RunResults, TrainingResults
from anascope.tasks import TASKS, by_field, score
from anascope.words import TASK_NAMES, IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import INTENSITIES, PATTERNS

WORDS = Vocabulary(PatternSpace(PATTERNS), IntensityScale(INTENSITIES))
PEOPLE = 8  # patients that each fold tests
PATCHES = 4  # of each patient

Share = float | tuple[float, ...]


@dataclass(frozen=True)
class Skill:
    """What share of each patient's patches is right; several shares take turns over patients.

    Attributes:
        mask: Share of right pixels in every patch.
        pattern: Share of patches with the right pattern.
        intensity: Share of patches with the right intensity.
    """

    mask: Share = 0.9
    pattern: Share = 0.75
    intensity: Share = 0.75


Says = Callable[[Training, str], Skill | None]
"""What a training shows in a fold, or None if that run is not done."""
Weights = Callable[[Training, str], Mapping[str, Sequence[float]]]
"""Balance weights by task, after each epoch."""


def study_of(factors: Mapping[str, Sequence[Any]], **changes: Any) -> Study:
    """Return a grid of ``factors`` over two folds."""
    grid: dict[str, Any] = {"description": "made up", "preset": "tiny", "factors": factors}
    return Study(**{**grid, "folds": {"count": 2}, **changes})


def folder_of(study: Study, people: int = PEOPLE) -> StudyFolder:
    """Return a study folder that is nowhere; each fold tests so many patients."""
    names = "ABCDEFGH"[: study.folds.count]
    tested = {fold: tuple(f"{fold}{number}" for number in range(people)) for fold in names}
    folds = {
        fold: Fold(fold, tuple(chain(*(tested[o] for o in names if o != fold))), (), tested[fold])
        for fold in names
    }
    plan = FoldPlan(folds, seed=1, draw="plain", cohort="0" * 64)
    return StudyFolder(
        path=Path("nowhere"),
        study=study,
        folds=plan,
        cohort_path=Path("no-cohort"),
        fingerprint="0" * 64,
        runs=plan_runs(study, load_preset(study.preset, study.changes), plan, "0" * 64),
        command=("made", "up"),
        versions={"anascope": "0"},
    )


def results_of(
    study: Study,
    says: Says | None = None,
    weights: Weights | None = None,
    people: int = PEOPLE,
) -> Results:
    """Return what the runs of ``study`` say, each as skilled as told."""
    folder = folder_of(study, people)
    trainings, unfinished = [], {}
    for training in study.trainings():
        done = {}
        for run in (each for each in folder.runs if each.training == training):
            skill = says(training, run.fold) if says else Skill()
            if skill is None:
                unfinished[run.name] = "not done yet"
                continue
            of_training = weights(training, run.fold) if weights else {}
            tested = folder.folds.folds[run.fold].test
            done[run.fold] = RunResults(
                run=run,
                history=history_of(of_training, run.preset.training.epochs),
                hardware=Hardware(
                    machine="none", processor="made up", cores=2, threads=1, gpu=None
                ),
                **predictions_of(tested, skill),
            )
        if done:
            trainings.append(TrainingResults(training, done, len(folder.folds.folds)))
    return Results(folder, tuple(trainings), TASKS, WORDS, unfinished)


@cache
def predictions_of(patients: tuple[str, ...], skill: Skill) -> dict[str, Any]:
    """Return tables of patches and fields, and their scores; not to be changed."""
    patches = patches_of(patients, skill)
    scores = {"patch": score(patches, WORDS)}
    return {"patches": patches, "fields": by_field(patches, WORDS), "metrics": scores}


def patches_of(patients: Sequence[str], skill: Skill) -> pd.DataFrame:
    """Return predictions for one field of each patient, the first of its patches right."""
    rows = []
    for number, patient in enumerate(patients):
        pattern, intensity = PATTERNS[number % 2], INTENSITIES[number // 2 % 2]
        other = PATTERNS[1 - number % 2]
        pixels = round(500 * _of(skill.mask, number))
        for patch in range(PATCHES):
            sure = 0.8 if patch < _of(skill.pattern, number) * PATCHES else 0.2
            right = patch < _of(skill.intensity, number) * PATCHES
            rows.append(
                {
                    "field": f"{patient}-0",
                    "specimen": patient,
                    "patient": patient,
                    "patch": patch,
                    **{"tp": pixels, "fp": 500 - pixels, "fn": 500 - pixels, "tn": pixels},
                    f"p_pattern_{pattern}": sure,
                    f"p_pattern_{other}": 1 - sure,
                    "p_above_intermediate": 0.9 if right is (intensity == "positive") else 0.1,
                    "pattern": pattern,
                    "intensity": intensity,
                }
            )
    return pd.DataFrame(rows)


def history_of(weights: Mapping[str, Sequence[float]], epochs: int = 2) -> pd.DataFrame:
    """Return a history with these balance weights, 1 for the tasks that are not named."""
    epochs = max([epochs, *(len(each) for each in weights.values())])
    history: dict[str, Any] = {"epoch": range(1, epochs + 1)}
    for task in TASK_NAMES:
        given = [*weights.get(task, ())]
        history[f"train_loss_{task}"] = [1 / epoch for epoch in range(1, epochs + 1)]
        history[f"train_accuracy_{task}"] = 0.5
        history[f"weight_{task}"] = given + [given[-1] if given else 1.0] * (epochs - len(given))
    return pd.DataFrame(history | {"seconds": 30.0, "patches_per_second": 20.0})


class Undrawn(Figures):
    """Figures that are named and captioned, and not drawn."""

    def _draw(self, figure: Figure, draw: Callable[[Sequence[Path]], None]) -> Figure:
        return figure


def _of(share: Share, number: int) -> float:
    return share[number % len(share)] if isinstance(share, tuple) else share
