"""Drawn files, read back by the importers."""

from __future__ import annotations

from pathlib import Path

from anascope.cohorts import Cohort, check_cohort, check_source, import_cohort, open_source


def imported(path: Path, layout: str) -> Cohort:
    """Import what must give no complaint at all."""
    assert list(check_source(open_source(path, layout))) == []
    destination = path.parent / "cohort"
    cohort = import_cohort(open_source(path, layout), destination, source_format=layout)
    assert not cohort.info.warnings
    assert list(check_cohort(cohort)) == []
    return cohort
