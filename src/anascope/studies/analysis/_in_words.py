"""Names in few words: runs of consecutive ones as ranges, and what several trainings share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from anascope.studies import Training, factor_name, value_label

_ENDS_IN_A_NUMBER = re.compile(r"(.*?)(\d+)", re.DOTALL)
_SHORTEST_RANGE = 3
_MOST_VALUES = 4  # of a factor that a title names one by one


def in_ranges(names: Sequence[str]) -> str:
    """Return names in a line; three or more whose numbers follow each other become a range.

    A range stands only where every number between its ends is there.

    >>> in_ranges(["AC-2", "AC-4", "AC-5", "AC-29", "AC-30", "AC-31"])
    'AC-2, AC-4, AC-5, AC-29 to AC-31'
    """
    runs: list[list[str]] = []
    for before, name in pairwise([None, *names]):
        if before is not None and name is not None and _follows(before, name):
            runs[-1].append(name)
        elif name is not None:
            runs.append([name])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) >= _SHORTEST_RANGE else ", ".join(run) for run in runs
    )


def sorted_by_number(names: Iterable[str]) -> list[str]:
    """Return names in order, with their numbers as numbers: p2 before p10."""
    return sorted(names, key=_parts)


def named(trainings: Sequence[Training]) -> str:
    """Return in a line which trainings these are, by the values of their factors.

    >>> alphas = [{"loss.mask": "dice", "balancing.alpha": alpha} for alpha in (0.6, 6.0)]
    >>> named([Training(changes) for changes in alphas])
    'Dice, α 0.6 and 6'
    """
    if len(trainings) == 1:
        return trainings[0].label
    values: dict[str, list[object]] = {}
    for training in trainings:
        for key, value in training.changes.items():
            if value not in values.setdefault(key, []):
                values[key].append(value)
    return ", ".join(_of_factor(key, several) for key, several in values.items())


def listed(items: Sequence[str]) -> str:
    """Return items in a line: ``a, b and c``."""
    *before, last = items
    return f"{', '.join(before)} and {last}" if before else last


def headed(name: str) -> str:
    """Return ``name`` as the beginning of a sentence; Greek letters stay as they are."""
    return name[:1].upper() + name[1:] if name[:1].isascii() else name


def _of_factor(key: str, values: Sequence[object]) -> str:
    if len(values) > _MOST_VALUES:
        return f"{len(values)} values of {factor_name(key)}"
    labels = [value_label(key, value).split() for value in values]
    # What all labels begin or end with is said once: "30 and 15 epochs", "α 0.6 and 6".
    first, shortest = labels[0], min(map(len, labels)) - 1
    start = 0
    while start < shortest and len({label[start] for label in labels}) == 1:
        start += 1
    end = 0
    while end < shortest - start and len({label[-1 - end] for label in labels}) == 1:
        end += 1
    different = [" ".join(label[start : len(label) - end]) for label in labels]
    return " ".join([*first[:start], listed(different), *first[len(first) - end :]])


def _follows(before: str, name: str) -> bool:
    first, second = (_ENDS_IN_A_NUMBER.fullmatch(text) for text in (before, name))
    if first is None or second is None or first[1] != second[1]:
        return False
    # With leading zeros only at one width: 09, 10 follow each other, 9 and 010 do not.
    padded = first[2].startswith("0") or second[2].startswith("0")
    lengths = {len(first[2]), len(second[2])}
    return int(second[2]) == int(first[2]) + 1 and not (padded and len(lengths) > 1)


def _parts(name: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), part) if part.isdigit() and part.isascii() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]
