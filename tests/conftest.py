"""In which order test files come, and what many tests share: the real sets, where at hand."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from anascope.cohorts import Cohort, import_cohort, open_source
from tests.evaluable import all_evaluable
from tests.made_once import made_once

settings.register_profile("anascope", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("anascope")

# How the paths of files that take long end. Processes side by side take one file after the other
# (`pytest -n 2 --dist loadfile`): a long one begun last would leave the others idle, and files that
# start processes of their own wait a lot, so that each stands beside one that only computes. Only
# the order matters, and need not follow every change; all other files come later.
_LONGEST_FIRST = (
    "studies/test_ray.py",
    "end_to_end/test_gallery.py",
    "robustness/test_corpus.py",
    "engines/test_engines.py",
    "training/test_processes.py",
    "cli/test_recipe.py",
    "end_to_end/test_killed_study.py",
    "training/test_fit.py",
    "watch/test_killed.py",
    "balancing/test_gradnorm_reference.py",
    "studies/test_drive.py",
    "end_to_end/test_drawn_cohort.py",
    "batch/test_batch.py",
    "end_to_end/test_mivia.py",
    "batch/test_keeping.py",
    "analysis/test_report.py",
    "unit/cohorts/test_real_sets.py",
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

    def imported(folder: Path) -> None:
        source = open_source(real_data / "mivia-hep2", "mivia")
        import_cohort(source, folder, source_format="mivia")

    folder = made_once(tmp_path_factory, "mivia", imported)
    return Cohort.open(folder)


@pytest.fixture
def every_field_evaluable() -> Iterator[None]:
    """Take every field for evaluable, as :func:`tests.evaluable.all_evaluable` does."""
    with all_evaluable():
        yield
