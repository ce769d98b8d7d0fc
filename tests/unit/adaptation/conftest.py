"""A laboratory of twelve patients."""

from __future__ import annotations

import pytest

from anascope.cohorts import Cohort
from tests.small_cohort import patients, write_cohort


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Return small fields of twelve patients."""
    folder = tmp_path_factory.mktemp("data") / "cohort"
    return write_cohort(folder, patients(12), shape=(80, 90))
