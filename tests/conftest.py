"""In which order test files come, and what many tests share: the real sets, where at hand."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from anascope.cohorts import Cohort, import_cohort, open_source
from tests.evaluable import all_evaluable

settings.register_profile("anascope", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("anascope")

# How the paths of files that take long end. Processes side by side take one file after the other
# (`pytest -n 2 --dist loadfile`): a long one begun last would leave the others idle, and files that
# start processes of their own wait a lot, so that each stands beside one that only computes. Only
# the order matters, and need not follow every change; all other files come later.
_LONGEST_FIRST = (
    "studies/test_ray.py",
    "end_to_end/test_drawn_cohort.py",
    "robustness/test_corpus.py",
    "training/test_fit.py",
    "training/test_processes.py",
    "engines/test_engines.py",
    "end_to_end/test_mivia.py",
    "speed/test_gradnorm.py",
    "data/test_drawn_and_real.py",
    "end_to_end/test_killed_study.py",
    "analysis/test_report.py",
    "batch/test_batch.py",
    "studies/test_drive.py",
    "cli/test_study.py",
    "balancing/test_processes.py",
)

_BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Keep pytest-xdist from an order of its own: files with the most tests first."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; within a file, and among all others, the order stays."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    found = (place for place, end in enumerate(_LONGEST_FIRST) if item.path.match(end))
    return next(found, len(_LONGEST_FIRST))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Spell out what is no text: one such report would end the whole run of several processes."""
    report = yield
    report.sections = [(name, _spelled(text)) for name, text in report.sections]
    if report.failed and (failure := str(report.longrepr)) != _spelled(failure):
        report.longrepr = _spelled(failure)
    return report


def _spelled(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real sets; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("ANASCOPE_DATA", _BESIDE_THE_REPOSITORY))
    if not folder.is_dir():
        pytest.skip(f"no real sets in {folder}; ANASCOPE_DATA can name another folder")
    return folder


@pytest.fixture(scope="session")
def mivia_cohort(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """The MIVIA images, imported once for all tests, also those of processes side by side."""
    beside = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        beside = beside.parent  # which all processes of these tests have in common
    folder = beside / "real" / "mivia"
    with FileLock(beside / "real.lock"):
        if not folder.is_dir():
            folder.parent.mkdir()
            source = open_source(real_data / "mivia-hep2", "mivia")
            import_cohort(source, folder, source_format="mivia")
    return Cohort.open(folder)


@pytest.fixture
def every_field_evaluable() -> Iterator[None]:
    """Take every field for evaluable, as :func:`tests.evaluable.all_evaluable` does."""
    with all_evaluable():
        yield
