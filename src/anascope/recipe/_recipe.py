"""The trainings of a recipe: one on drawn specimens, then one for each network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from anascope.cohorts import Cohort
from anascope.errors import InputError, did_you_mean
from anascope.presets import load_preset
from anascope.recipe._field_head import with_field_head
from anascope.recipe._held_out import ALL, FOLD, held_out_units, plan_without
from anascope.recipe._imagenet import from_imagenet
from anascope.recipe._mean import mean_model
from anascope.recipe._sets import Sets
from anascope.recipe._settings import DRAWN, RecipeSettings
from anascope.records import FieldRecord
from anascope.training import Run, train_or_resume
from anascope.workers import Watcher, unwatched


class Recipe:
    """The trainings of a recipe, each done when it is first asked for and kept in ``work``.

    Args:
        settings: The recipe.
        sets: What it learns from.
        work: Where the runs are.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        start: Folder of the model of drawn specimens that all networks continue from; if None, it
            is trained in ``work``.
        command: What a new run says that it was begun by.
        watcher: Is told of every epoch.
    """

    def __init__(
        self,
        settings: RecipeSettings,
        sets: Sets,
        work: Path,
        accelerator: str = "auto",
        *,
        start: Path | None = None,
        command: Sequence[str] = (),
        watcher: Watcher = unwatched,
    ) -> None:
        self.settings, self.sets = settings, sets
        # Runs keep the paths of what they began with: one folder must have one.
        self._work, self._accelerator, self._start = work.resolve(), accelerator, start
        self._command, self._watcher = command, watcher

    @property
    def networks(self) -> tuple[str, ...]:
        """Names of the networks: the one that ships, and those that leave somebody out."""
        return (ALL, *self._tested)

    @property
    def folds(self) -> tuple[str, ...]:
        """Names of the networks that together leave everybody out once."""
        return tuple(name for name in self.networks if name.startswith(FOLD))

    @cached_property
    def rounds(self) -> tuple[Run, ...]:
        """The trainings on rounds of drawn specimens, each of which continues from the one before.

        There are none if the recipe continues from a model that is there.
        """
        if self._start is not None:
            return ()
        changes, runs = dict(self.settings.first), []
        for name in self.sets.rounds:
            runs.append(self._trained(name, changes, self.sets.drawn(name), ()))
            changes["network.start"] = str(runs[-1].model)
        return tuple(runs)

    @cached_property
    def start(self) -> Path:
        """Folder of the model that all networks continue from: the mean of the rounds."""
        if self._start is not None:
            return self._start.resolve()
        models = [run.model for run in self.rounds]
        if len(models) == 1:
            return models[0]
        return mean_model(dict.fromkeys(models, 1 / len(models)), self._work / "models" / DRAWN)

    def network(self, name: str) -> Run:
        """Return a network that went on from the first on real and drawn specimens.

        Raises:
            InputError: if there is none of this name.
        """
        if name not in self.networks:
            raise InputError("network", f"'{name}'", did_you_mean(name, self.networks))
        everything, tested = self.sets.everything(), self._tested.get(name, ())
        learned = {record.split_unit for record in everything.fields} - set(tested)
        sets = {unit.partition("/")[0] for unit in learned}
        shares = {set_: share for set_, share in self.settings.shares.items() if set_ in sets}
        changes = {
            **self.settings.then,
            "sampling.cohorts": shares,
            "sampling.even_patterns": tuple(set_ for set_ in self.settings.even if set_ in sets),
            "network.start": str(self.start),
        }
        return self._trained(name, changes, everything, tested)

    def model(self, name: str) -> Path:
        """Return the folder of a network's model, with its field head if the recipe has one.

        The weights are the mean of those that the network ended with and those it began with.

        Args:
            name: Of a network, or :data:`DRAWN` for the one of drawn specimens alone.

        Raises:
            InputError: if there is no such network, or the work folder has another one.
        """
        if name == DRAWN and self._start is not None:
            return self.start
        without = self.start if name == DRAWN else self._mean(name)
        if self.settings.field_head is None:
            return without
        out = self._work / "with-field-head" / name
        return with_field_head(without, self._fields(name), out, self.settings, self._accelerator)

    def _mean(self, name: str) -> Path:
        run, share = self.network(name), self.settings.trained_share
        if share == 1:
            return run.model
        shares = {self.start: 1 - share, run.model: share}
        return mean_model(shares, self._work / "models" / name)

    def _fields(self, name: str) -> dict[str, tuple[Cohort, list[FieldRecord]]]:
        """Return the fields with a pattern that a network may learn from, by set."""
        drawn = self.sets.drawn()
        found = {DRAWN: (drawn, list(drawn.fields))}
        for set_ in () if name == DRAWN else self.sets.names:
            tested = {record.field for record in self.tested(name, set_)}
            cohort = self.sets.real(set_)
            records = [r for r in cohort.fields if r.serum is not None and r.field not in tested]
            if records:
                found[set_] = (cohort, records)
        return found

    def tested(self, name: str, real_set: str) -> list[FieldRecord]:
        """Return the fields of a real set that a network has not seen."""
        units = set(self._tested.get(name, ()))
        fields = self.sets.real(real_set).fields
        return [record for record in fields if f"{real_set}/{record.split_unit}" in units]

    @cached_property
    def _tested(self) -> Mapping[str, tuple[str, ...]]:
        return held_out_units({name: self.sets.real(name) for name in self.sets.names})

    def _trained(
        self, name: str, changes: Mapping[str, Any], cohort: Cohort, tested: Sequence[str]
    ) -> Run:
        preset = load_preset(self.settings.preset, changes)
        begin = {} if "network.start" in changes else from_imagenet(preset, self._work)
        return train_or_resume(
            self._work / "runs" / name,
            preset=load_preset(self.settings.preset, {**begin, **changes}),
            cohort=cohort,
            plan=plan_without(cohort, name, tested),
            fold=name,
            accelerator=self._accelerator,
            command=self._command,
            watcher=self._watcher,
        )
