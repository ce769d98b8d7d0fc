"""Which classes of held-out patients no training patient has: a network cannot learn them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anascope.cohorts.folds._plan import Fold
from anascope.records import FieldRecord
from anascope.words import all_patterns, intensity_levels, pattern_named


@dataclass(frozen=True)
class UntrainedClass:
    """A class that patients of a set have and no training patient of the fold has.

    Attributes:
        fold: Name of the fold.
        task: ``pattern`` or ``intensity``.
        label: The class.
        patients: How many patients of the set have it.
    """

    fold: str
    task: str
    label: str
    patients: int


def untrained_classes(
    fold: Fold, fields: Sequence[FieldRecord], split: str = "test"
) -> tuple[UntrainedClass, ...]:
    """Return the patterns and intensities of ``split`` that no training patient has.

    A pattern is learned from a training patient whose label lies within it: ``speckled`` from a
    patient with ``fine speckled``; not the other way round, because ``speckled`` may be another
    kind.

    Args:
        fold: The fold.
        fields: The fields of the cohort; missing labels are ignored.
        split: The set, ``test`` or ``validation``.
    """
    train, held_out = fold.records(fields, "train"), fold.records(fields, split)
    learned = [set(pattern_named(name).codes) for name in {n for r in train for n in r.patterns}]
    levels = {record.intensity for record in train}

    def classes() -> Iterator[tuple[str, str]]:
        for node in all_patterns():
            if not any(codes <= set(node.codes) for codes in learned):
                yield "pattern", node.name
        for level in intensity_levels():
            if level not in levels:
                yield "intensity", level

    found = (
        UntrainedClass(
            fold.name,
            task,
            label,
            len({r.split_unit for r in held_out if label in _labels(r, task)}),
        )
        for task, label in classes()
    )
    return tuple(each for each in found if each.patients)


def _labels(record: FieldRecord, task: str) -> tuple[str | None, ...]:
    return record.patterns if task == "pattern" else (record.intensity,)


def untrained_line(untrained: Sequence[UntrainedClass], split: str = "test") -> str:
    """Return in one line what :func:`untrained_classes` found in one fold.

    Args:
        untrained: At least one, all of one fold.
        split: The set whose patients have these classes.
    """
    classes = ", ".join(
        f"{each.task} '{each.label}' ({each.patients} {split} "
        f"patient{'' if each.patients == 1 else 's'})"
        for each in untrained
    )
    return f"fold {untrained[0].fold}: no training patient has {classes}"
