"""Who is drawn: patients with their patterns, their intensity and how many fields each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

from anascope.errors import InputError
from anascope.synthetic._labels import NEGATIVE, Label, intensities_named, patterns_named
from anascope.synthetic._laboratory import laboratory_named


@dataclass(frozen=True)
class PlannedField:
    """A field to draw.

    Attributes:
        patient: Its number among the patients, from 0.
        number: Its own among the patient's fields, from 0.
        patterns: The patterns of the serum; the first is the main one.
        intensity: The level that is read.
    """

    patient: int
    number: int
    patterns: tuple[str, ...]
    intensity: str

    @property
    def name(self) -> str:
        """Patient and field, both from 1: ``007_2``."""
        return f"{self.patient + 1:03d}_{self.number + 1}"


@dataclass(frozen=True)
class Population:
    """The patients of a set to draw.

    A patient's label depends on its own number only: a population of more patients begins with the
    same ones.

    Attributes:
        labels: The label of each patient.
        fields_each: Number of fields of each patient.

    Raises:
        InputError: if there is no patient or no field.
    """

    labels: tuple[Label, ...]
    fields_each: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        for argument, count in (("patients", len(self.labels)), ("fields", self.fields_each)):
            if count < 1:
                raise InputError(argument, str(count), "at least 1")

    @classmethod
    def like(
        cls, name: str, *, patients: int | None = None, fields: int | None = None
    ) -> Population:
        """Return patients with the labels of a laboratory, in its proportions.

        Args:
            name: Name of the laboratory, ``i3a`` or ``mivia``, or path of a YAML file.
            patients: Number of patients; as many as the laboratory has if None.
            fields: Number of fields of each; as in the laboratory if None.

        Raises:
            InputError: if there is no such laboratory.
        """
        known = laboratory_named(name)
        return cls(_in_turn(known.labels, patients), known.fields if fields is None else fields)

    @classmethod
    def even(
        cls,
        patterns: Iterable[str],
        intensities: Iterable[str],
        *,
        patients: int | None = None,
        fields: int = 1,
    ) -> Population:
        """Return patients spread evenly over pairs of pattern and intensity.

        The pattern ``negative`` has the intensity ``negative`` and no other.

        Args:
            patterns: Names of the pattern tree, leaves or families; ``a+b`` for mixed ones.
            intensities: Names of levels.
            patients: Number of patients; one for each pair if None.
            fields: Number of fields of each.

        Raises:
            InputError: if one cannot be drawn, or is named twice.
        """
        levels = intensities_named(intensities)
        pairs = [
            (name, level)
            for name in patterns_named(patterns)
            for level in ([NEGATIVE] if name == NEGATIVE else levels)
        ]
        return cls(_in_turn(dict.fromkeys(pairs, 1), patients), fields)

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self.labels) * self.fields_each

    def fields(self) -> Iterator[PlannedField]:
        """Yield the fields, patient by patient."""
        for patient, (patterns, intensity) in enumerate(self.labels):
            for number in range(self.fields_each):
                yield PlannedField(patient, number, tuple(patterns.split("+")), intensity)


def _in_turn(counts: Mapping[Label, int], patients: int | None) -> tuple[Label, ...]:
    """Return labels in an order whose every beginning is near the proportions of ``counts``.

    Next is the label that is furthest behind: its pattern, its intensity and itself, each by how
    many patients of that sort are missing for its share. After all of ``counts`` it begins anew.
    """
    total = sum(counts.values())
    wanted, given = _margins(counts), _margins(dict.fromkeys(counts, 0))
    order: list[Label] = []
    for number in range(1, total + 1):

        def behind(label: Label, number: int = number) -> float:
            return sum(number * wanted[sort] - total * given[sort] for sort in _sorts(label))

        left = [label for label in counts if given[label] < counts[label]]
        order.append(max(left, key=behind))
        given.update(_sorts(order[-1]))
    return tuple(islice(cycle(order), total if patients is None else max(patients, 0)))


def _sorts(label: Label) -> tuple[tuple[str, ...], ...]:
    """Return the sorts of patients that one with that label is of."""
    pattern, intensity = label
    return ("pattern", pattern), ("intensity", intensity), label


def _margins(counts: Mapping[Label, int]) -> Counter[tuple[str, ...]]:
    sums: Counter[tuple[str, ...]] = Counter()
    for label, count in counts.items():
        for sort in _sorts(label):
            sums[sort] += count
    return sums
