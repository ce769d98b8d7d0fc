"""What can only be seen across fields: leaks between patients, and labels that disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

from anascope.cohorts.sources import Finding, Kind, Severity
from anascope.records import FieldRecord
from anascope.words import pattern_named, patterns_in


class AcrossFields:
    """Remembers a little of each field, so that fields can be compared without their pixels."""

    def __init__(self) -> None:
        self._first_with: dict[str, FieldRecord] = {}
        self._patterns: dict[str, dict[str, str]] = defaultdict(dict)
        self._patients: dict[str, dict[str, str]] = defaultdict(dict)

    def duplicate(self, record: FieldRecord) -> Finding | None:
        """Return a finding if a remembered field of another patient has the same pixels.

        Such a pair would stand on both sides of a split. It is an error when both patients
        are known; where one is not, the two may be one patient's, and it is a warning.
        """
        first = self._first_with.get(record.pixels_sha256)
        if first is None or first.split_unit == record.split_unit:
            return None
        certain = first.patient is not None and record.patient is not None
        return Finding(
            Kind.DUPLICATE,
            Severity.ERROR if certain else Severity.WARNING,
            record.source_image,
            f"field '{record.field}' of {_whose(record)} has the same pixels as field "
            f"'{first.field}' ({first.source_image}) of {_whose(first)}",
            "an image that belongs to one patient",
        )

    def add(self, record: FieldRecord) -> None:
        """Remember a field."""
        if record.pixels_sha256:
            self._first_with.setdefault(record.pixels_sha256, record)
        if record.patient is None:
            return
        if record.serum is not None:
            self._patterns[record.patient].setdefault(record.serum, record.field)
        if record.specimen is not None:
            self._patients[record.specimen].setdefault(record.patient, record.field)

    def findings(self) -> Iterator[Finding]:
        """Yield what the remembered fields say together, in the order of their first fields."""
        for patient, fields in self._patterns.items():
            if any(_exclude_each_other(*pair) for pair in combinations(fields, 2)):
                yield Finding(
                    Kind.TWO_PATTERNS,
                    Severity.WARNING,
                    f"patient '{patient}'",
                    f"patterns {_listed(fields)}",
                    "one pattern, unless the serum is mixed",
                )
        for specimen, fields in self._patients.items():
            if len(fields) > 1:
                yield Finding(
                    Kind.TWO_PATIENTS,
                    Severity.WARNING,
                    f"specimen '{specimen}'",
                    f"patients {_listed(fields)}",
                    "a specimen name that belongs to one patient",
                )


def _exclude_each_other(label: str, other: str) -> bool:
    """Tell whether no serum is both: "speckled" and "fine speckled" do not disagree.

    Nor do ``homogeneous`` and ``homogeneous+centromere``, of which the second ends sooner as a
    serum is diluted.
    """
    return not any(
        pattern_named(a).leaves & pattern_named(b).leaves
        for a, b in product(patterns_in(label), patterns_in(other))
    )


def _listed(fields: dict[str, str]) -> str:
    return ", ".join(f"{name} (field '{field}')" for name, field in fields.items())


def _whose(record: FieldRecord) -> str:
    return "an unknown patient" if record.patient is None else f"patient '{record.patient}'"
