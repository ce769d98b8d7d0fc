"""Runs that are made up in a moment: everything that a run writes, but nothing is trained.

Beside them stands an executor without processes of its own, and a way to draw no picture.

What a run says depends on its training and fold alone, so that two studies of the same grid say
the same. α 6 is made to fail as it does in the published study: losses explode and the pattern
is guessed.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from anascope.cohorts import Cohort
from anascope.cohorts.folds import read_folds
from anascope.files import write_json
from anascope.studies import Job, Outcome, Study, StudyFolder, new_study
from anascope.studies.analysis import Figure, Figures
from anascope.tasks import by_field, score
from anascope.training import new_run
from anascope.training.evaluation import specimen_table
from anascope.words import TASK_NAMES, IntensityScale, PatternSpace, Vocabulary
from anascope.workers import Crew, ThisProcess
from tests.small_cohort import patients, write_cohort

PATCHES = 3
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
GRID: dict[str, Any] = {
    "description": "made up",
    "preset": "tiny",
    "factors": {"loss.mask": ["dice", "bce"]},
    "settings": [
        {"training.epochs": 4, "balancing.alpha": 0.6},
        {"training.epochs": 2, "balancing.alpha": 0.6},
        {"training.epochs": 2, "balancing.alpha": 6.0},
    ],
    "folds": {"count": 3},
}


def made_up_study(
    path: Path, *, people: int = 12, shape: tuple[int, int] = (60, 80), **changes: Any
) -> StudyFolder:
    """Return a study folder of a small cohort, with the grid above; nothing is run."""
    cohort = write_cohort(path / "cohort", patients(people), shape=shape)
    return new_study(path / "study", Study(**{**GRID, **changes}), cohort, command=["made", "up"])


def pretend_all(study: StudyFolder) -> None:
    """Make every run of ``study`` up."""
    for run in study.runs:
        pretend(Job(study.layout, run, study.cohort_path))


def pretend(job: Job) -> Outcome:
    """Write what a run writes, made up."""
    path = job.layout.run(job.run.name)
    cohort = Cohort.open(job.cohort)
    plan = read_folds(job.layout.folds)
    run = new_run(
        path, preset=job.run.preset, cohort=cohort, plan=plan, fold=job.run.fold, command=[]
    )
    generator = np.random.default_rng(
        zlib.crc32(f"{job.run.training.slug} {job.run.fold}".encode())
    )
    lost = job.run.preset.balancing.alpha > 1
    space = PatternSpace.covering(cohort.patterns)
    scale = IntensityScale.covering(cohort.intensities)
    rows = []
    for record in run.fold.records(cohort.fields, "test"):
        for patch in range(PATCHES):
            probabilities = generator.dirichlet(np.ones(len(space)))
            if not lost:  # the true class gets the greatest probability, mostly
                probabilities += 0.8 * np.array(space.allowed(str(record.pattern)))
                probabilities /= probabilities.sum()
            level = 0.5 if lost else 0.7 * (record.intensity == "positive") + 0.15
            right = int(generator.integers(700, 1000))
            rows.append(
                {
                    "field": record.field,
                    "specimen": record.specimen_unit,
                    "patient": record.split_unit,
                    "patch": patch,
                    **{"tp": right, "fp": 1000 - right, "fn": 100, "tn": 4000},
                    **dict(
                        zip([f"p_pattern_{c}" for c in space.classes], probabilities, strict=True)
                    ),
                    "p_above_intermediate": float(np.clip(level + generator.normal(0, 0.2), 0, 1)),
                    "pattern": record.pattern,
                    "intensity": record.intensity,
                }
            )
    patches = pd.DataFrame(rows)
    vocabulary = Vocabulary(space, scale)
    fields = by_field(patches, vocabulary)
    patches.to_parquet(path / "predictions.parquet")
    fields.to_parquet(path / "fields.parquet")
    _history(job.run.preset.training.epochs, lost, generator).to_csv(run.history, index=False)
    write_json(
        path / "hardware.json",
        {"machine": "none", "processor": "made up", "cores": 2, "threads": 1, "gpu": None},
    )
    specimens = specimen_table(patches, fields, vocabulary)
    levels = {"patch": patches, "field": fields, "specimen": specimens}
    write_json(
        path / "metrics.json",
        {
            "part": "test",
            "fold": job.run.fold,
            **{level: score(table, vocabulary) for level, table in levels.items()},
        },
    )
    return Outcome(job.run.name)


class Here(ThisProcess):
    """Does jobs in this process, with work of its own in place of that of the study.

    Args:
        work: What is done with a job.
        threads: Of PyTorch until it is closed; by default those that this process has.
    """

    def __init__(
        self, work: Callable[[Job], Outcome] = pretend, *, threads: int | None = None
    ) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        self._work = work
        self._threads_before = torch.get_num_threads()
        torch.set_num_threads(threads or self._threads_before)

    @contextmanager
    def crew(self, work: object) -> Iterator[Crew]:
        with super().crew(self._do) as crew:
            yield crew

    def _do(self, job: Job) -> Outcome:
        self.done[job.run.name] += 1
        return self._work(job)

    def close(self) -> None:
        torch.set_num_threads(self._threads_before)


def draw_nothing(figures: Figures, figure: Figure, draw: Callable[[Path], None]) -> Figure:
    """Write an empty picture, in place of ``Figures._draw``."""
    figures.folder.mkdir(exist_ok=True)
    figures.path(figure, "svg").write_text(PICTURE)
    return figure


def only_svg(figures: Figures, figure: Figure, draw: Callable[[Path], None]) -> Figure:
    """Draw one picture of a figure and not two, in place of ``Figures._draw``."""
    draw(figures.path(figure, "svg"))
    return figure


def _history(epochs: int, lost: bool, generator: np.random.Generator) -> pd.DataFrame:
    epoch = np.arange(1, epochs + 1)
    history: dict[str, Any] = {"epoch": epoch}
    for part in ("train", "validation"):
        for task in TASK_NAMES:
            loss = np.exp(-epoch / 2) + generator.uniform(0, 0.05, epochs)
            if lost and task == "pattern":
                loss = loss * 10.0 ** (2 * epoch)
            history[f"{part}_loss_{task}"] = loss
            history[f"{part}_accuracy_{task}"] = 1 - np.exp(-epoch)
    drift = (0.7 if lost else 0.05) * epoch
    return pd.DataFrame(
        history
        | {"weight_mask": 1 + drift / 2, "weight_pattern": 1 - drift}
        | {"weight_intensity": 1 + drift / 2, "seconds": 2.0, "patches_per_second": 30.0}
    )
