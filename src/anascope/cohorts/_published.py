"""The published counts of the I3A Task 2 set, and how a cohort compares with them.

The counts are those of the study that trained the joint U-Net on this set: 252 patients, 4
fields each, 15 patches a field, 15,120 patches by pattern and by intensity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from anascope.records import FieldRecord
from anascope.synthetic import laboratory_named

_LABORATORY = laboratory_named("i3a")

PATIENTS = sum(_LABORATORY.labels.values())
FIELDS_PER_PATIENT = _LABORATORY.fields
PATCHES_PER_FIELD = 15
FIELDS = PATIENTS * FIELDS_PER_PATIENT
PATCHES = FIELDS * PATCHES_PER_FIELD
FIELD_SHAPE = _LABORATORY.microscope.shape
"""Height and width of a field in pixels: what 15 patches cover exactly."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published count beside the one that was found."""

    what: str
    published: int
    found: int

    @property
    def ok(self) -> bool:
        """Whether the two are the same."""
        return self.published == self.found


def compare_with_published(records: Sequence[FieldRecord]) -> list[Comparison]:
    """Return every published count beside what ``records`` hold.

    A field of 1388×1040 pixels counts as 15 patches; one of another size is not of the set
    and counts as none.
    """
    whole = [r for r in records if (r.window.height, r.window.width) == FIELD_SHAPE]
    per_patient = Counter(record.patient for record in records if record.patient is not None)
    full = sum(count == FIELDS_PER_PATIENT for count in per_patient.values())
    return [
        Comparison("patients", PATIENTS, len(per_patient)),
        Comparison("fields", FIELDS, len(records)),
        Comparison(f"patients with {FIELDS_PER_PATIENT} fields", PATIENTS, full),
        Comparison("patches", PATCHES, len(whole) * PATCHES_PER_FIELD),
        *_patches("pattern", 0, (record.serum for record in whole)),
        *_patches("intensity", 1, (record.intensity for record in whole)),
    ]


def is_whole(comparisons: Iterable[Comparison]) -> bool:
    """Tell whether all patients and all fields are there, whatever their labels are."""
    return all(row.ok for row in comparisons if row.what in ("patients", "fields"))


def difference(comparisons: Iterable[Comparison]) -> str:
    """Return in one line how far a cohort is from the whole set.

    >>> difference([Comparison("patients", 252, 10), Comparison("fields", 1008, 40)])
    'not the whole I3A Task 2 set: 10 of 252 patients, 40 of 1008 fields'
    """
    sizes = [row for row in comparisons if row.what in ("patients", "fields", "patches")]
    counts = ", ".join(f"{row.found} of {row.published} {row.what}" for row in sizes)
    return f"not the whole I3A Task 2 set: {counts}"


def _patches(kind: str, axis: int, labels: Iterable[str | None]) -> Iterator[Comparison]:
    published: Counter[str] = Counter()
    for label, patients in _LABORATORY.labels.items():
        published[label[axis]] += patients * FIELDS_PER_PATIENT
    counted = Counter(label or "not said" for label in labels)
    for name in [*published, *sorted(set(counted) - set(published))]:
        what = f"patches, {kind} {name}"
        yield Comparison(
            what, *(fields[name] * PATCHES_PER_FIELD for fields in (published, counted))
        )
