"""Fields beside a border between two specimens, which are left out where it is uncertain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from anascope.records import FieldRecord


def fields_in_gaps(
    fields: Iterable[FieldRecord], gap: int, sets: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the names of fields that stand too near to a border between specimens, sorted.

    Fields of one pattern lie in the order of their specimens. Of two specimens beside each other,
    the last ``gap`` fields of the one and the first ``gap`` of the other are named; of a specimen
    with fewer, all. Fields whose patient is known, or whose specimen is not, have no such borders.

    Args:
        fields: In their order.
        gap: Fields on each side of a border, 0 or more.
        sets: The set of a fold that each split unit is in; only borders between two sets count.
            None for all borders.
    """
    runs: dict[str | None, list[list[FieldRecord]]] = defaultdict(list)
    for record in fields:
        if record.patient is not None or record.specimen is None:
            continue
        of_pattern = runs[record.pattern]
        if not of_pattern or of_pattern[-1][-1].specimen != record.specimen:
            of_pattern.append([])
        of_pattern[-1].append(record)
    near: set[str] = set()
    for of_pattern in runs.values():
        for before, after in pairwise(of_pattern):
            units = before[0].split_unit, after[0].split_unit
            if sets is None or sets.get(units[0]) != sets.get(units[1]):
                near.update(record.field for record in before[max(len(before) - gap, 0) :])
                near.update(record.field for record in after[:gap])
    return tuple(sorted(near))
