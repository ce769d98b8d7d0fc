"""Look through a source or a prepared cohort for all that is wrong, and write nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from anascope.cohorts._across import AcrossFields
from anascope.cohorts._changes import changed, named, other_instances, other_mask, other_pixels
from anascope.cohorts._cohort import Cohort
from anascope.cohorts._description import CELLS, FIELDS, IMAGES, cells_hash
from anascope.cohorts._fields_table import read_fields
from anascope.cohorts._hashing import pixels_hash
from anascope.cohorts._quick_check import store_findings, table_findings
from anascope.cohorts._ranges import Ranges, camera_findings
from anascope.cohorts._reading import (
    inspect_fields,
    intensity_name,
    known_label,
    mask_findings,
    serum_name,
)
from anascope.cohorts.sources import FieldError, Finding, Kind, Severity, Source
from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.records import FieldRecord
from anascope.words import label_of, patterns_in


def check_source(
    source: Source, *, on_field: Callable[[], None] = lambda: None
) -> Iterator[Finding]:
    """Yield all findings about a source, with one field in memory at a time.

    Args:
        source: What to check.
        on_field: Called after each field, for progress.
    """
    across = AcrossFields()
    names = _Names()
    ranges = Ranges()
    for item in inspect_fields(source):
        yield from item.findings
        if item.record is not None:
            if item.image is not None:
                ranges.add(item.record, item.image)
            yield from names.second(item.record)
            yield from _compare(item.record, across)
        on_field()
    yield from across.findings()
    yield from ranges.findings(source.origin)
    yield from camera_findings(source.origin, source.camera)


def check_cohort(
    cohort: Cohort, *, on_field: Callable[[], None] = lambda: None
) -> Iterator[Finding]:
    """Yield all findings about a prepared cohort, with one image in memory at a time.

    Pixels and masks are hashed again, so every difference from what the import wrote is found,
    whatever its cause.

    Args:
        cohort: What to check.
        on_field: Called after each field, for progress.
    """
    yield from table_findings(cohort.path, cohort.info, read_fields(cohort.path / FIELDS))
    damaged: set[FieldRecord] = set()
    for records, finding in store_findings(cohort.path / IMAGES, cohort.info, cohort.fields):
        damaged.update(records)
        yield finding
    across = AcrossFields()
    names = _Names()
    ranges = Ranges()
    for record in cohort.fields:
        yield from names.second(record)
        if record not in damaged:  # else it is said why its pixels cannot be trusted
            image, findings = _image_findings(cohort, record)
            yield from findings
            if image is not None:
                ranges.add(record, image)
                yield from _mask_findings(cohort, record, image)
                yield from _instances_findings(cohort, record)
                record = replace(record, pixels_sha256=pixels_hash(image))
        record, findings = _with_known_labels(record)
        yield from findings
        yield from _compare(record, across)
        on_field()
    yield from across.findings()
    yield from ranges.findings(str(cohort.path))
    yield from _cells_findings(cohort)


class _Names:
    """The names of fields so far."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def second(self, record: FieldRecord) -> Iterator[Finding]:
        """Yield a finding if there is a field of that name already."""
        if record.field in self._first:
            found = f"a second field '{record.field}' (first: {self._first[record.field]})"
            yield Finding(
                Kind.BAD_ENTRY, Severity.ERROR, record.source_image, found, "unique names"
            )
        self._first.setdefault(record.field, record.source_image)


def _compare(record: FieldRecord, across: AcrossFields) -> Iterator[Finding]:
    duplicate = across.duplicate(record)
    if duplicate is not None:
        yield duplicate
    across.add(record)


def _image_findings(cohort: Cohort, record: FieldRecord) -> tuple[GreyImage | None, list[Finding]]:
    """Return the image of a field, or None, and what is wrong with it."""
    try:
        image = cohort.image(record, check=False)
    except InputError as error:
        return None, [Finding.of(error, Kind.UNREADABLE)]
    if pixels_hash(image) != record.pixels_sha256:
        return image, [other_pixels(record)]
    return image, []


def _mask_findings(cohort: Cohort, record: FieldRecord, image: GreyImage) -> Iterator[Finding]:
    try:
        mask = cohort.mask(record, check=False)
    except InputError as error:
        yield Finding.of(error, Kind.UNREADABLE)
        return
    if mask is None:
        return
    yield from mask_findings(f"{named(record)}, mask", image, mask)
    if pixels_hash(mask) != record.mask_sha256:
        yield other_mask(record)


def _instances_findings(cohort: Cohort, record: FieldRecord) -> Iterator[Finding]:
    try:
        cohort.instances(record)
    except FieldError:
        yield other_instances(record)
    except InputError as error:
        yield Finding.of(error, Kind.UNREADABLE)


def _cells_findings(cohort: Cohort) -> Iterator[Finding]:
    try:
        cells = cohort.cells()
    except InputError as error:
        if not isinstance(error, FieldError):  # which is said with the other tables
            yield Finding.of(error, Kind.BAD_ENTRY)
        return
    known = cohort.info.cells_sha256
    if known is not None and (cells is None or cells_hash(cells) != known):
        yield changed(cohort.path / CELLS, "other cells than those that were imported")


def _with_known_labels(record: FieldRecord) -> tuple[FieldRecord, list[Finding]]:
    """Return the record without the labels that nobody knows, and a finding for each of them."""
    findings: list[Finding] = []
    where = f"field '{record.field}'"
    serum = known_label(record.serum, serum_name, where, findings)
    pattern, *others = (None,) if serum is None else patterns_in(serum)
    intensity = known_label(record.intensity, intensity_name, where, findings)
    known = replace(record, pattern=pattern, other_patterns=label_of(others), intensity=intensity)
    return known, findings
