"""Read the fields of a source one at a time, and say all that is wrong with each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts._hashing import described
from anascope.cohorts.sources import Finding, Kind, Severity, Source, SourceField
from anascope.errors import InputError
from anascope.images import GreyImage, size_of
from anascope.records import PLUS, CellRecord, FieldRecord, MaskValue, Window
from anascope.words import (
    chromatin_named,
    intensity_named,
    label_of,
    pattern_named,
    patterns_in,
    phase_named,
    serum_named,
)

_T = TypeVar("_T")


@dataclass(frozen=True)
class InspectedField:
    """A field of a source as far as it could be read, and what is wrong with it.

    Attributes:
        record: What is known of it, or None if its entry itself is bad. Labels that nobody
            knows are None; without ``image`` size and hashes are empty.
        image: Signal, axes (y, x), or None if it cannot be read.
        mask: Values of ``MaskValue``, axes (y, x), or None if there is none.
        instances: Number of the cell at each pixel, axes (y, x), or None if nobody said it.
        cells: Its cells, labels mapped to the vocabulary.
        findings: All that is wrong with it; empty if the field can be used.
    """

    record: FieldRecord | None
    image: GreyImage | None = None
    mask: NDArray[np.uint8] | None = None
    instances: NDArray[np.uint16] | None = None
    cells: tuple[CellRecord, ...] = ()
    findings: tuple[Finding, ...] = ()


def inspect_fields(source: Source) -> Iterator[InspectedField]:
    """Yield each entry of ``source``, read and checked on its own."""
    for entry in source.fields():
        if isinstance(entry, InputError):
            yield InspectedField(None, findings=(Finding.of(entry, Kind.BAD_ENTRY),))
        else:
            yield inspect_field(entry)


def inspect_field(field: SourceField) -> InspectedField:
    """Read one field and return it with everything that is wrong with it."""
    findings: list[Finding] = []
    serum = known_label(field.pattern, serum_name, field.where, findings)
    pattern, *others = (None,) if serum is None else patterns_in(serum)
    intensity = known_label(field.intensity, intensity_name, field.where, findings)
    cells = tuple(_named_cell(cell, field.where, findings) for cell in field.cells)
    image = _tried(field.read_image, findings)
    mask = None
    if image is not None and field.read_mask is not None:
        mask = _tried(partial(field.read_mask, image), findings)
    if image is not None and mask is not None:
        findings.extend(mask_findings(field.source_mask or field.where, image, mask))
    instances = None if field.read_instances is None else _tried(field.read_instances, findings)
    record = FieldRecord(
        field=field.field,
        patient=_stripped(field.patient),
        specimen=_stripped(field.specimen),
        pattern=pattern,
        intensity=intensity,
        image="",
        window=Window(0, 0, 0, 0),
        has_mask=False,
        pixel_size_um=field.pixel_size_um,
        full_scale=0,
        source_image=field.source_image,
        source_mask=field.source_mask,
        pixels_sha256="",
        mask_sha256=None,
        other_patterns=label_of(others),
    )
    if image is not None:
        record = described(record, image, mask, instances)
    return InspectedField(record, image, mask, instances, cells, tuple(findings))


def mask_findings(where: str, image: NDArray[Any], mask: NDArray[np.uint8]) -> Iterator[Finding]:
    """Yield what is wrong with a mask: another size than its image, or no cell at all."""
    if mask.shape != image.shape:
        expected = f"{size_of(image)}, as the image"
        yield Finding(Kind.MASK_SIZE, Severity.ERROR, where, f"a mask of {size_of(mask)}", expected)
    if not (mask == MaskValue.CELL).any():
        yield Finding(Kind.EMPTY_MASK, Severity.ERROR, where, "an empty mask", "at least one cell")


def known_label(
    label: str | None, name: Callable[[str, str], str], where: str, findings: list[Finding]
) -> str | None:
    """Return the vocabulary's word for a label.

    Args:
        label: The text as somebody wrote it, or None.
        name: :func:`serum_name`, :func:`intensity_name` or one like them.
        where: What to name in the finding.
        findings: Takes a finding if the vocabulary has no such word.

    Returns:
        The word, or None if nothing was said or nobody knows it.
    """
    text = _stripped(label)
    if text is None:
        return None
    try:
        return name(text, where)
    except InputError as error:
        findings.append(Finding.of(error, Kind.UNKNOWN_LABEL))
        return None


def pattern_name(label: str, where: str) -> str:
    """Return the name of the pattern that ``label`` is a spelling of."""
    return pattern_named(label, where=where).name


def serum_name(label: str, where: str) -> str:
    """Return the label of the serum that ``label`` is a spelling of: one pattern or several."""
    return PLUS.join(serum_named(label, where=where))


def intensity_name(label: str, where: str) -> str:
    """Return the intensity level that ``label`` is a spelling of."""
    return intensity_named(label, where=where)


def _tried(read: Callable[[], _T], findings: list[Finding]) -> _T | None:
    try:
        return read()
    except InputError as error:
        finding = Finding.of(error, Kind.UNREADABLE)
        if finding not in findings:  # mask and cells may be of one file
            findings.append(finding)
        return None


def _named_cell(cell: CellRecord, where: str, findings: list[Finding]) -> CellRecord:
    where = f"{where}, cell {cell.cell}"
    return replace(
        cell,
        pattern=known_label(cell.pattern, pattern_name, where, findings),
        intensity=known_label(cell.intensity, intensity_name, where, findings),
        phase=known_label(cell.phase, _phase_name, where, findings),
        chromatin=known_label(cell.chromatin, _chromatin_name, where, findings),
    )


def _phase_name(label: str, where: str) -> str:
    return phase_named(label, where=where)


def _chromatin_name(label: str, where: str) -> str:
    return chromatin_named(label, where=where)


def _stripped(text: str | None) -> str | None:
    return text.strip() or None if text is not None else None
