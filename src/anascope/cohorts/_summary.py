"""What a cohort holds, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anascope.cohorts._cohort import Cohort
from anascope.cohorts._counts import count_different, missing_in
from anascope.cohorts._published import (
    Comparison,
    compare_with_published,
    difference,
    is_whole,
)
from anascope.records import FieldRecord
from anascope.words import in_tree_order, intensity_levels, pattern_named, patterns_in

_COMPARED_FORMAT = "i3a-task2"


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often a label occurs in a cohort.

    Attributes:
        label: The pattern or intensity; several patterns of one serum as
            ``homogeneous+centromere``.
        codes: ICAP codes of the leaves that the pattern, or each of several, allows; empty for an
            intensity.
        patients: Patients with such a field, of those whose patient is known.
        specimens: Specimens with such a field, of those whose specimen is known.
        fields: Fields with the label.
    """

    label: str
    codes: tuple[str, ...]
    patients: int
    specimens: int
    fields: int


@dataclass(frozen=True, slots=True)
class SizeCount:
    """How many fields have a size, in pixels."""

    width: int
    height: int
    fields: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The content of a cohort, in counts.

    Attributes:
        name: Name of the cohort.
        source: The source from which it was imported.
        source_format: The layout from which it was imported.
        fingerprint: SHA-256 of its content.
        patients: Number of known patients.
        specimens: Number of known specimens.
        fields: Number of fields.
        sizes: Sizes of the fields, the commonest first.
        patterns: One count a pattern, in the order of the pattern tree; sera of several patterns
            come after it, one count a combination.
        intensities: One count an intensity, from dark to bright.
        missing: Number of fields for which something is not stated, by what is missing.
        left_out: One line for each item that the import left out.
        warnings: One line for each thing that somebody should look at, according to the import.
        published: For a whole I3A Task 2 set, each published count beside the one found.
        published_note: For a part of that set, the difference in one line.
    """

    name: str
    source: str
    source_format: str
    fingerprint: str
    patients: int
    specimens: int
    fields: int
    sizes: tuple[SizeCount, ...]
    patterns: tuple[LabelCount, ...]
    intensities: tuple[LabelCount, ...]
    missing: dict[str, int]
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    published: tuple[Comparison, ...] | None = None
    published_note: str | None = None


def summarise(cohort: Cohort) -> Summary:
    """Return the content of ``cohort`` in counts; only its table is read."""
    records, info = cohort.fields, cohort.info
    compared = info.source_format == _COMPARED_FORMAT
    published = tuple(compare_with_published(records)) if compared else ()
    whole = is_whole(published)
    return Summary(
        name=info.name,
        source=info.source,
        source_format=info.source_format,
        fingerprint=info.fingerprint,
        patients=count_different(record.patient for record in records),
        specimens=count_different(record.specimen for record in records),
        fields=len(records),
        sizes=_sizes(records),
        patterns=_pattern_counts(records),
        intensities=_intensity_counts(records),
        missing=missing_in(records),
        left_out=tuple(info.left_out),
        warnings=tuple(info.warnings),
        published=published if compared and whole else None,
        published_note=difference(published) if compared and not whole else None,
    )


def _sizes(records: Sequence[FieldRecord]) -> tuple[SizeCount, ...]:
    counted = Counter((record.window.width, record.window.height) for record in records)
    return tuple(SizeCount(*size, count) for size, count in counted.most_common())


def _pattern_counts(records: Sequence[FieldRecord]) -> tuple[LabelCount, ...]:
    labels = in_tree_order({record.serum for record in records if record.serum is not None})
    return tuple(
        _label_count(label, _codes(label), [r for r in records if r.serum == label])
        for label in labels
    )


def _codes(label: str) -> tuple[str, ...]:
    return tuple(code for name in patterns_in(label) for code in pattern_named(name).codes)


def _intensity_counts(records: Sequence[FieldRecord]) -> tuple[LabelCount, ...]:
    present = {record.intensity for record in records}
    return tuple(
        _label_count(level, (), [r for r in records if r.intensity == level])
        for level in intensity_levels()
        if level in present
    )


def _label_count(label: str, codes: tuple[str, ...], records: Sequence[FieldRecord]) -> LabelCount:
    return LabelCount(
        label=label,
        codes=codes,
        patients=count_different(record.patient for record in records),
        specimens=count_different(record.specimen for record in records),
        fields=len(records),
    )
