"""The recipe of the shipped weights: what is learned in which step, from whom, for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from anascope.cohorts import Cohort
from anascope.cohorts.folds import Fold, FoldPlan, draw_folds
from anascope.presets import load_preset
from anascope.recipe._cohorts import MOSAICS, REAL, Cohorts
from anascope.recipe._imagenet import from_imagenet
from anascope.records import FieldRecord
from anascope.training import Run, read_history, train_or_resume
from anascope.workers import Watcher, unwatched

SIZE = "s"
"""Preset of the small network."""
CONTEST = (1, 2, 3, 5, 6, 7, 8, 9, 11, 14, 18, 20, 25, 26)
"""Training images of the ICPR 2012 contest (``cells.csv`` of the set); the other 14 test."""
# Each place learns the pattern of its cell. Short trainings named more when they learned it of the
# mean over a patch's cells (benchmarks/accuracy/ablation.py); whole ones named less: see
# docs/explanation/shipped-weights.md, which says on whom that was settled.
PATTERN = "places"
FIRST: dict[str, Any] = {
    "loss.pattern": PATTERN,
    "training.epochs": 3,
    "sampling.patches": 8000,
}
SECOND: dict[str, Any] = {
    "loss.pattern": PATTERN,
    "training.epochs": 4,
    "training.select": "last",
    "sampling.patches": 5400,
    "sampling.cohorts": {MOSAICS: 0.65, "drawn-mivia": 0.25, "drawn-i3a": 0.1},
    "sampling.even_patterns": True,
}
THIRD: dict[str, Any] = {
    "loss.pattern": PATTERN,
    "training.epochs": 6,
    "training.learning_rate": 5e-4,
    "training.select": "last",
    # How bright a field is, is what people grade: varied by 0.3, fields at the border were learned
    # under both names (benchmarks/accuracy/ablation.py).
    "augmentation.brightness": 0.05,
    "sampling.patches": 1440,
    "sampling.cohorts": {REAL: 0.6, MOSAICS: 0.2, "drawn-mivia": 0.15, "drawn-i3a": 0.05},
    "sampling.even_patterns": True,
}


def plans_over(real: FoldPlan, everything: Cohort) -> dict[str, FoldPlan]:
    """Return plans of one fold each, in which all that is not MIVIA is in training.

    One for each fold of ``real``; ``contest``; and ``none``, which trains on no real patient.
    """
    units = sorted({record.split_unit for record in everything.fields})
    others = tuple(unit for unit in units if not unit.startswith(f"{REAL}/"))
    everybody = {patient for fold in real.folds.values() for patient in fold.test}
    tested = {name: set(fold.test) for name, fold in real.folds.items()}
    tested["contest"] = everybody - {f"{number:02d}" for number in CONTEST}
    tested["none"] = everybody

    def in_everything(patients: set[str]) -> tuple[str, ...]:
        return tuple(f"{REAL}/{patient}" for patient in sorted(patients))

    folds = {
        name: Fold(name, (*in_everything(everybody - test), *others), (), in_everything(test))
        for name, test in tested.items()
    }
    fingerprint = everything.info.fingerprint
    return {
        name: FoldPlan(folds={name: fold}, seed=real.seed, draw=real.draw, cohort=fingerprint)
        for name, fold in folds.items()
    }


def plan_of_all(cohort: Cohort) -> FoldPlan:
    """Return the plan of one fold, ``all``, with everybody in training.

    But for the first patient (a drawn one): a fold must test somebody.
    """
    units = sorted({record.split_unit for record in cohort.fields})
    fold = Fold("all", tuple(units[1:]), (), tuple(units[:1]))
    return FoldPlan(folds={"all": fold}, seed=0, draw="plain", cohort=cohort.info.fingerprint)


def seconds(run: Run) -> float:
    """Return how long a run was trained, in seconds."""
    return float(read_history(run.history)["seconds"].sum())


@dataclass(frozen=True)
class Variant:
    """What another recipe changes in the steps after the first, and what its runs are called."""

    name: str = ""
    second: Mapping[str, Any] = field(default_factory=dict)
    third: Mapping[str, Any] = field(default_factory=dict)


AS_SHIPPED = Variant()


class Recipe:
    """The trainings of one size, each done when it is first asked for and kept in ``work``.

    Args:
        size: Preset of the network.
        cohorts: What it learns from.
        work: Where the runs are.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        share: Of the patches of every epoch: half as many train half as long.
        variant: What is done in another way.
        command: What a new run says that it was begun by.
        watcher: Is told of every epoch.
    """

    def __init__(
        self,
        size: str,
        cohorts: Cohorts,
        work: Path,
        accelerator: str,
        *,
        share: float = 1.0,
        variant: Variant = AS_SHIPPED,
        command: Sequence[str] = (),
        watcher: Watcher = unwatched,
    ) -> None:
        self._size, self.cohorts = size, cohorts
        self._work, self._accelerator, self._share = work, accelerator, share
        self._variant = variant
        self._command, self._watcher = command, watcher
        self.seconds: dict[str, float] = {}
        """Seconds of training by step."""

    @cached_property
    def first(self) -> Run:
        """Drawn specimens alone."""
        lesson = self.cohorts.merged("drawn", self.cohorts.drawn())
        changes = {**FIRST, **from_imagenet(load_preset(self._size), self._work)}
        return self._trained("drawn", changes, lesson, draw_folds(lesson, count=8), "A")

    @cached_property
    def second(self) -> Run:
        """Then mosaics of real cells beside them."""
        prefix = f"{self._variant.name}-" if self._variant.second else ""
        changes = {**SECOND, **self._variant.second}
        return self._next(f"{prefix}cells", changes, self.first, "none")

    def third(self, name: str) -> Run:
        """Return the network that went on on MIVIA, without the test patients of a plan.

        Args:
            name: Of one of :func:`plans_over`, or ``all``.
        """
        changes = {**THIRD, **self._variant.third}
        return self._next(self._third_step(name), changes, self.second, name)

    def is_trained(self, name: str) -> bool:
        """Return whether the network of :meth:`third` was begun, so that asking for it is cheap."""
        return self._path(self._third_step(name)).exists()

    def shared(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return the changes of a step with its share of the patches."""
        patches = max(1, round(changes["sampling.patches"] * self._share))
        return {**changes, "sampling.patches": patches}

    @cached_property
    def real_plan(self) -> FoldPlan:
        """Five folds over the patients of MIVIA."""
        return draw_folds(self.cohorts.real)

    def tested(self, name: str) -> list[FieldRecord]:
        """Return the fields of MIVIA that a plan's network has not seen."""
        patients = {unit.removeprefix(f"{REAL}/") for unit in self._plans[name].fold(name).test}
        return [record for record in self.cohorts.real.fields if record.split_unit in patients]

    def _third_step(self, name: str) -> str:
        prefix = f"{self._variant.name}-" if self._variant != AS_SHIPPED else ""
        return f"{prefix}mivia-{name}"

    def _path(self, step: str) -> Path:
        return self._work / "runs" / f"{self._size}-{step}"

    @cached_property
    def _everything(self) -> Cohort:
        return self.cohorts.everything()

    @cached_property
    def _plans(self) -> dict[str, FoldPlan]:
        plans = plans_over(self.real_plan, self._everything)
        return {**plans, "all": plan_of_all(self._everything)}

    def _next(self, step: str, changes: dict[str, Any], start: Run, name: str) -> Run:
        changes = {**changes, "network.start": str(start.model)}
        return self._trained(step, changes, self._everything, self._plans[name], name)

    def _trained(
        self, step: str, changes: dict[str, Any], cohort: Cohort, plan: FoldPlan, fold: str
    ) -> Run:
        preset = load_preset(self._size, self.shared(changes))
        run = train_or_resume(
            self._path(step),
            preset=preset,
            cohort=cohort,
            plan=plan,
            fold=fold,
            accelerator=self._accelerator,
            command=self._command,
            watcher=self._watcher,
        )
        self.seconds[step] = seconds(run)
        return run
