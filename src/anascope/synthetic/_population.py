"""Who is drawn: patients with their patterns, their intensity and how many fields each has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from types import MappingProxyType

from anascope.errors import InputError, did_you_mean
from anascope.synthetic._specimen import drawable
from anascope.synthetic.stains import STAINS
from anascope.words import intensity_named, pattern_named

Label = tuple[str, str]
"""What a patient is labelled with: patterns, several joined by ``+``, and an intensity."""

NEGATIVE = "negative"
"""The pattern of a serum without antibodies, and the only intensity that it has."""


@dataclass(frozen=True)
class PublishedSet:
    """How many patients of which labels a public set has.

    Attributes:
        patients: Their number by label.
        fields: Fields of each.
    """

    patients: Mapping[Label, int]
    fields: int

    @property
    def patterns(self) -> tuple[str, ...]:
        """Its patterns, each once."""
        return tuple(dict.fromkeys(pattern for pattern, _ in self.patients))

    @property
    def intensities(self) -> tuple[str, ...]:
        """Its intensities, each once."""
        return tuple(dict.fromkeys(intensity for _, intensity in self.patients))


def _set(fields: int, counts: Mapping[str, tuple[int, int]]) -> PublishedSet:
    levels = ("intermediate", "positive")
    patients = {
        (pattern, level): count
        for pattern, pair in counts.items()
        for level, count in zip(levels, pair, strict=True)
    }
    return PublishedSet(MappingProxyType(patients), fields)


PUBLISHED_SETS = MappingProxyType(
    {
        # Published are the sums by pattern and by intensity. Inside, each pattern has the share of
        # positive patients that the whole set has, rounded such that both sums hold.
        "i3a": _set(
            4,
            {
                "homogeneous": (30, 23),
                "speckled": (29, 23),
                "centromere": (29, 22),
                "nucleolar": (28, 22),
                "nuclear envelope": (12, 9),
                "mitotic spindle": (8, 7),
                "golgi": (6, 4),
            },
        ),
        # Counted in the tables that come with its 28 images.
        "mivia": _set(
            1,
            {
                "homogeneous": (2, 3),
                "fine speckled": (2, 2),
                "coarse speckled": (2, 3),
                "centromere": (3, 3),
                "nucleolar": (2, 2),
                "cytoplasmic": (2, 2),
            },
        ),
    }
)
"""By the name of the set, which is that of its microscope."""


@dataclass(frozen=True)
class PlannedField:
    """A field to draw.

    Attributes:
        patient: Its place among the patients, from 0.
        number: Its place among the patient's fields, from 0.
        patterns: What the serum shows; the first is the main one.
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

    A patient's label depends on its own place only: a population of more patients begins with the
    same ones.

    Attributes:
        labels: What each patient is labelled with.
        fields_each: How many fields each has.

    Raises:
        InputError: if there is no patient or no field.
    """

    labels: tuple[Label, ...]
    fields_each: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        for option, count in (("--patients", len(self.labels)), ("--fields", self.fields_each)):
            if count < 1:
                raise InputError(option, str(count), "at least 1")

    @classmethod
    def like(
        cls, name: str, *, patients: int | None = None, fields: int | None = None
    ) -> Population:
        """Return patients with the labels of a public set, in its proportions.

        Args:
            name: Of the set, ``i3a`` or ``mivia``.
            patients: How many; as many as the set has if None.
            fields: Of each; as many as in the set if None.

        Raises:
            InputError: if there is no such set.
        """
        known = set_named(name)
        return cls(_in_turn(known.patients, patients), known.fields if fields is None else fields)

    @classmethod
    def even(
        cls,
        patterns: Sequence[str],
        intensities: Sequence[str],
        *,
        patients: int | None = None,
        fields: int = 1,
    ) -> Population:
        """Return patients spread evenly over pairs of pattern and intensity.

        The pattern ``negative`` has the intensity ``negative`` and no other.

        Args:
            patterns: Names of the pattern tree, leaves or families; ``a+b`` for mixed ones.
            intensities: Names of levels.
            patients: How many; one for each pair if None.
            fields: Of each.

        Raises:
            InputError: if one cannot be drawn, or is named twice.
        """
        names = _each_once("--patterns", [_patterns_named(text) for text in patterns])
        levels = _each_once("--intensities", [_level_named(text) for text in intensities])
        pairs = [
            (name, level)
            for name in names
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


def set_named(name: str) -> PublishedSet:
    """Return the numbers of a public set.

    Raises:
        InputError: if they are not known.
    """
    if name not in PUBLISHED_SETS:
        raise InputError("--like", f"'{name}'", did_you_mean(name, PUBLISHED_SETS))
    return PUBLISHED_SETS[name]


def _in_turn(counts: Mapping[Label, int], patients: int | None) -> tuple[Label, ...]:
    """Return labels in an order whose every beginning is near the proportions of ``counts``.

    Next is the label that is furthest behind: its pattern, its intensity and itself, each by how
    many patients of that sort are missing for its share. After all of ``counts`` it begins anew.
    """
    total = sum(counts.values())
    wanted, given = _margins(counts), _margins(dict.fromkeys(counts, 0))
    order: list[Label] = []
    for place in range(1, total + 1):

        def behind(label: Label, place: int = place) -> float:
            parts = _parts(label)
            return sum(place * wanted[part] - total * given[part] for part in parts)

        left = [label for label in counts if given[_parts(label)[-1]] < counts[label]]
        order.append(max(left, key=behind))
        given.update(_parts(order[-1]))
    return tuple(islice(cycle(order), total if patients is None else max(patients, 0)))


def _parts(label: Label) -> tuple[tuple[str, ...], ...]:
    """Return what a patient of that label counts for."""
    pattern, intensity = label
    return ("pattern", pattern), ("intensity", intensity), label


def _margins(counts: Mapping[Label, int]) -> Counter[tuple[str, ...]]:
    sums: Counter[tuple[str, ...]] = Counter()
    for label, count in counts.items():
        for part in _parts(label):
            sums[part] += count
    return sums


def _patterns_named(text: str) -> str:
    """Return ``a+b`` with the names of the pattern tree."""
    names = []
    for part in text.split("+"):
        name = pattern_named(part, where="--patterns").name
        if not drawable(name):
            raise InputError("--patterns", f"'{name}', which cannot be drawn", _drawn())
        names.append(name)
    if NEGATIVE in names and len(names) > 1:
        raise InputError("--patterns", f"'{text}'", "'negative' alone")
    return "+".join(_each_once("--patterns", names))


def _drawn() -> str:
    return f"one of {', '.join(STAINS)}, or a family of them"


def _level_named(text: str) -> str:
    return intensity_named(text, where="--intensities")


def _each_once(option: str, names: Sequence[str]) -> list[str]:
    if not names:
        raise InputError(option, "nothing", "at least one")
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(option, f"'{name}' {count} times", "each once")
    return list(names)
