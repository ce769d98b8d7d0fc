"""Trainings measured with intervals, and against each other over the same patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from anascope.metrics import Interval, Jackknife
from anascope.studies.analysis._results import Results, TrainingResults
from anascope.tasks import Level, Measure

Pair = tuple[TrainingResults, TrainingResults]


@dataclass(frozen=True)
class Effect:
    """The effect of a factor's value, compared with a reference value, all else being equal.

    Attributes:
        factor: Dotted key of the factor.
        value: The value.
        reference: The value that it is compared with.
        pairs: How many pairs of trainings differ in this factor alone.
        patients: How many patients all of them were tested on.
        interval: Mean over the pairs of the measure's difference, value minus reference.
    """

    factor: str
    value: object
    reference: object
    pairs: int
    patients: int
    interval: Interval


class Comparisons:
    """Measures of a study at one level, with intervals over patients.

    Args:
        results: What the study has measured.
        level: ``patch``, ``field`` or ``specimen``.
    """

    def __init__(self, results: Results, level: Level) -> None:
        self.results = results
        self.level = level
        self._measured: dict[tuple[str, str, tuple[str, ...]], Jackknife] = {}

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure."""
        tasks, vocabulary = self.results.tasks, self.results.vocabulary
        return tuple(measure for task in tasks for measure in task.measures(vocabulary))

    def measure(self, key: str) -> Measure:
        """Return the measure of that key."""
        return next(measure for measure in self.measures if measure.key == key)

    def interval(self, training: TrainingResults, measure: Measure) -> Interval:
        """Return a measure of a training over all its test patients."""
        return self._jackknife(training, measure, self.patients([training])).interval()

    def difference(
        self, first: TrainingResults, second: TrainingResults, measure: Measure
    ) -> Interval:
        """Return by how much ``first`` exceeds ``second``, over the patients that both tested."""
        return self._mean_difference([(first, second)], measure)

    def effect(self, factor: str, value: object, reference: object, measure: Measure) -> Effect:
        """Return the effect of ``value`` of a factor over trainings that are otherwise equal."""
        pairs = self._pairs(factor, value, reference)
        patients = self.patients([training for pair in pairs for training in pair])
        interval = self._mean_difference(pairs, measure)
        return Effect(factor, value, reference, len(pairs), len(patients), interval)

    def all_pairs(self) -> list[Pair]:
        """Return each pair of trainings, in the study's order."""
        return list(combinations(self.results.trainings, 2))

    def patients(self, trainings: Sequence[TrainingResults]) -> tuple[str, ...]:
        """Return the patients that all of ``trainings`` tested, sorted."""
        tested = [set(training.table(self.level)["patient"]) for training in trainings]
        return tuple(sorted(set.intersection(*tested))) if tested else ()

    def _pairs(self, factor: str, value: object, reference: object) -> list[Pair]:
        """Return the trainings that have ``value``, each with its like that has ``reference``."""
        pairs = []
        for trained in self.results.trainings:
            for partner in self.results.trainings:
                changes, others = dict(trained.training.changes), dict(partner.training.changes)
                if changes.pop(factor, None) == value and others.pop(factor, None) == reference:
                    pairs += [(trained, partner)] if changes == others else []
        return pairs

    def _mean_difference(self, pairs: Sequence[Pair], measure: Measure) -> Interval:
        patients = self.patients([training for pair in pairs for training in pair])
        if not patients:
            return Interval(float("nan"), float("nan"), float("nan"))
        differences = [
            self._jackknife(first, measure, patients) - self._jackknife(second, measure, patients)
            for first, second in pairs
        ]
        return Jackknife.mean(differences).interval(lowest=-1.0)

    def _jackknife(
        self, training: TrainingResults, measure: Measure, patients: tuple[str, ...]
    ) -> Jackknife:
        key = (training.training.slug, measure.key, patients)
        if key not in self._measured:  # sums are not kept: those of an AUROC can be large
            sums = measure.sums(training.table(self.level), self.results.vocabulary, patients)
            self._measured[key] = Jackknife.of(sums, measure.value)
        return self._measured[key]
