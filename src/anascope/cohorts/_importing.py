"""From a source to a prepared cohort: read, check, map labels, write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anascope.cohorts._across import AcrossFields
from anascope.cohorts._cells_table import table_from_cells
from anascope.cohorts._cohort import Cohort
from anascope.cohorts._ranges import Ranges, camera_findings
from anascope.cohorts._reading import InspectedField, inspect_fields
from anascope.cohorts._writer import CohortWriter
from anascope.cohorts.sources import Finding, Severity, Source
from anascope.errors import InputError, WriteError
from anascope.files import new_folder
from anascope.records import CellRecord


def import_cohort(
    source: Source,
    destination: str | Path,
    *,
    source_format: str,
    skip_bad: bool = False,
    on_field: Callable[[], None] = lambda: None,
) -> Cohort:
    """Write ``source`` as a prepared cohort into the new folder ``destination``.

    One field is held in memory at a time (for single cells, one sheet). Fields of two patients with
    the same pixels are refused, because no sound split is possible with them.

    Args:
        source: What to import.
        destination: The folder to make; it appears only when the whole import has succeeded.
        source_format: Name of the layout, for the record.
        skip_bad: Import what is good and list the rest, instead of stopping at the first.
        on_field: Called after each field, for progress.

    Raises:
        InputError: for the first bad field (unless ``skip_bad``), or if no field is good.
    """
    destination = Path(destination)
    with new_folder(destination) as folder:
        importing = _Import(CohortWriter(folder), skip_bad)
        for item in inspect_fields(source):
            importing.take(item)
            on_field()
        importing.close(source, source_format)
    return Cohort.open(destination)


class _Import:
    """An import under way: what went in, what was left out, what somebody should look at."""

    def __init__(self, writer: CohortWriter, skip_bad: bool) -> None:
        self._writer = writer
        self._skip_bad = skip_bad
        self._across = AcrossFields()
        self._ranges = Ranges()
        self._cells: list[CellRecord] = []
        self._taken = 0
        self._left_out: list[str] = []
        self._warnings: list[str] = []

    def take(self, item: InspectedField) -> None:
        """Write a field, or leave it out; raise the error that refuses it if none may be."""
        findings = list(item.findings)
        if item.record is not None and not findings:
            duplicate = self._across.duplicate(item.record)
            findings = [] if duplicate is None else [duplicate]
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors:
            self._leave_out(errors)
            return
        if item.record is None or item.image is None:
            raise ValueError("a field without findings must have been read")
        try:
            self._writer.add(item.record, item.image, item.mask, item.instances)
        except InputError as error:
            if not self._skip_bad or isinstance(error, WriteError):
                raise
            self._left_out.append(str(error))
            return
        self._warnings.extend(map(str, findings))
        self._across.add(item.record)
        self._ranges.add(item.record, item.image)
        self._cells.extend(item.cells)
        self._taken += 1

    def close(self, source: Source, source_format: str) -> None:
        """Write the tables and the description."""
        if not self._taken:
            raise InputError(
                source.path,
                f"no usable field ({self._left_out[0]})" if self._left_out else "no field",
                "at least one good field",
            )
        self._warnings.extend(map(str, self._across.findings()))
        self._warnings.extend(map(str, self._ranges.findings(source.origin)))
        self._warnings.extend(map(str, camera_findings(source.origin, source.camera)))
        self._warnings.extend(source.notes)
        self._writer.close(
            name=source.name,
            source=source.origin,
            source_format=source_format,
            cells=table_from_cells(self._cells) if self._cells else None,
            left_out=self._left_out,
            warnings=self._warnings,
            gap=source.gap,
        )

    def _leave_out(self, errors: list[Finding]) -> None:
        first, *others = errors
        if not self._skip_bad:
            raise first.as_error()
        also = f" (also: {', '.join(error.kind for error in others)})" if others else ""
        self._left_out.append(f"{first}{also}")
