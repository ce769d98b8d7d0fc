"""Fixtures that many tests share: the real sets, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from anascope.cohorts import Cohort, import_cohort, open_source

settings.register_profile("anascope", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("anascope")

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real sets; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("ANASCOPE_DATA", _BESIDE_THE_REPOSITORY))
    if not folder.is_dir():
        pytest.skip(f"no real sets in {folder}; ANASCOPE_DATA can name another folder")
    return folder


@pytest.fixture(scope="session")
def mivia_cohort(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """The MIVIA images, imported once for all tests."""
    source = open_source(real_data / "mivia-hep2", "mivia")
    folder = tmp_path_factory.mktemp("real") / "mivia"
    return import_cohort(source, folder, source_format="mivia")
