"""The trainings of an adaptation: the heads first, then the whole network, for each part."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.adaptation._settings import AdaptationSettings
from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan, draw_folds
from anascope.files import sha256_of, to_json
from anascope.folder_lock import LOCK
from anascope.models import ModelCard, read_card
from anascope.presets import Preset, change_preset
from anascope.training import fit, new_run, open_run
from anascope.training.calibration import HeldOut
from anascope.words import TASK_NAMES
from anascope.workers import Watcher, unwatched

FINAL = "final"
"""The network that learns from everybody."""

_OF_PIXELS = ("mask", "cells")
_KNOWN_TASKS = {*TASK_NAMES, *_OF_PIXELS, "mixture"}


class FoldNetworks:
    """Networks that went on from a model on a cohort, each trained when it is first asked for.

    The network of a part learns from all other patients, some of whom choose its epoch. The heads
    learn first. Where all that is told of pixels can be learned as well, the whole network goes on
    from there; of the two :func:`better_stage` takes one. What is trained stays in ``work``, so
    that a training that was stopped goes on where it was.

    Args:
        model: Folder of the model.
        cohort: With patients that the model has not seen.
        work: Where trainings are kept; those of another model, cohort or other settings have
            folders of their own.
        settings: How networks learn.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        command: What new runs say that they were begun by.
        tell: Is told which network is trained.
        watcher: Is told of every epoch.
    """

    def __init__(
        self,
        model: Path,
        cohort: Cohort,
        work: Path,
        settings: AdaptationSettings,
        *,
        accelerator: str = "auto",
        command: Sequence[str] = (),
        tell: Callable[[str], None],
        watcher: Watcher = unwatched,
    ) -> None:
        self._model, self._card = model.resolve(), read_card(model)
        self._cohort, self._settings = cohort, settings
        self._accelerator, self._command = accelerator, command
        self._tell, self._watcher = tell, watcher
        self.plan = draw_folds(cohort, count=settings.folds)
        self.why_heads_alone = why_heads_alone(self._card, cohort)
        self._work = work / _key(self._card, self.plan, settings)

    @property
    def note(self) -> str | None:
        """What users should know of what was trained, in a sentence."""
        if self.why_heads_alone is None:
            return None
        return f"Only the heads were trained, as {self.why_heads_alone}."

    def rows(self) -> pd.DataFrame:
        """Return what the networks say of specimens, each by one that has not seen the patient.

        Returns:
            As :meth:`~anascope.training.calibration.HeldOut.rows`, of all parts.
        """
        answers = []
        for name, fold in self.plan.folds.items():
            model = self.network(self.plan, name)
            tested = fold.records(self._cohort.fields, "test")
            answers.append(HeldOut(model, self._cohort, tested).rows(self._accelerator))
        return pd.concat(answers, ignore_index=True)

    def final(self) -> Path:
        """Return the folder of the network that learned from everybody but one patient.

        A fold has to test somebody. Who chooses the epoch does so as in the first part.
        """
        first = next(iter(self.plan.folds.values()))
        patient, *others = _labelled_last(first.test, self._cohort)
        everybody = replace(first, name=FINAL, train=(*first.train, *others), test=(patient,))
        return self.network(replace(self.plan, folds={FINAL: everybody}), FINAL)

    def network(self, plan: FoldPlan, name: str) -> Path:
        """Return the folder of a fold's network, trained to its end.

        Args:
            plan: With the fold.
            name: Of the fold.
        """
        heads = self._trained(plan, name, "heads", self._model, self._settings.heads)
        if self.why_heads_alone is not None:
            return heads
        more = self._trained(plan, name, "more", heads.resolve(), self._settings.more)
        return better_stage(heads, more)

    def remove(self) -> None:
        """Remove what is kept of the trainings, and the folder above it where nothing else is."""
        shutil.rmtree(self._work, ignore_errors=True)
        (self._work.parent / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._work.parent.rmdir()

    def _trained(
        self, plan: FoldPlan, name: str, stage: str, start: Path, changes: Mapping[str, Any]
    ) -> Path:
        path = self._work / f"{name}-{stage}"
        if not path.exists():
            preset = _going_on(self._card.preset, start, changes)
            command = list(self._command)
            new_run(path, preset=preset, cohort=self._cohort, plan=plan, fold=name, command=command)
        run = open_run(path, cohort=self._cohort.path)
        learned = "the whole network" if stage == "more" else "the heads"
        self._tell(f"{_called(name, plan)}: training {learned}")
        fit(run, accelerator=self._accelerator, watcher=self._watcher, extendable=False)
        return run.model


def why_heads_alone(card: ModelCard, cohort: Cohort) -> str | None:
    """Return why only the heads can learn from a cohort; None if everything can.

    Mask and single cells come from the parts that all tasks share. Without truth of both they
    would become worse and nobody would see it.

    Args:
        card: Of the model.
        cohort: What it is to learn from.
    """
    unknown = sorted(set(card.preset.tasks) - _KNOWN_TASKS)
    if unknown:
        return f"nobody can say whether {', '.join(unknown)} would become worse"
    if not all(record.has_mask for record in cohort.fields):
        return "not every field of the cohort has a mask"
    if card.heads.cells and not all(map(cohort.has_instances, cohort.fields)):
        return "the cohort does not tell single cells apart in every field"
    return None


def _going_on(preset: Preset, start: Path, changes: Mapping[str, Any]) -> Preset:
    # The path is no text to be read as YAML, as changes that are given as text are.
    network = preset.network.model_copy(update={"start": str(start), "imagenet_weights": None})
    return change_preset(preset.model_copy(update={"network": network}), changes)


def better_stage(heads: Path, more: Path) -> Path:
    """Return the folder of the network that is better on the patients that chose its epoch.

    The whole network has to have a lower loss in sum, and none of what is told of pixels may be
    higher: where the heads alone learned, that is as it was in the model before.

    Args:
        heads: Folder of the network whose heads learned.
        more: Of the one that went on from there as a whole.
    """
    before, after = _losses(heads), _losses(more)
    worse = [task for task in _OF_PIXELS if after.get(task, 0.0) > before.get(task, 0.0)]
    return more if not worse and sum(after.values()) < sum(before.values()) else heads


def _losses(model: Path) -> dict[str, float]:
    """Return the known losses on the patients that chose the epoch, by task."""
    start, metrics = "validation_loss_", read_card(model).metrics
    return {
        key.removeprefix(start): float(loss)
        for key, loss in metrics.items()
        if key.startswith(start) and loss is not None and not math.isnan(loss)
    }


def _key(card: ModelCard, plan: FoldPlan, settings: AdaptationSettings) -> str:
    """Return a name for all that the trainings depend on."""
    folds = {name: (fold.train, fold.validation, fold.test) for name, fold in plan.folds.items()}
    learned = [card.identity, plan.cohort, folds, settings.heads, settings.more]
    return sha256_of(to_json(learned).encode())[:12]


def _labelled_last(patients: Sequence[str], cohort: Cohort) -> list[str]:
    """Return patients in an order in which those come first from whom least can be learned."""
    known = {record.split_unit for record in cohort.fields if record.pattern is not None}
    return sorted(patients, key=lambda patient: (patient in known, patient))


def _called(name: str, plan: FoldPlan) -> str:
    if name == FINAL:
        return "all patients"
    return f"part {list(plan.folds).index(name) + 1} of {len(plan.folds)}"
