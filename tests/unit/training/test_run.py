"""A run folder knows its cohort, its preset and where its results go."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.presets import load_preset
from anascope.training import Run, new_run, open_run
from tests.small_cohort import patients, write_cohort

PRESET = load_preset("tiny")


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    return write_cohort(tmp_path / "cohort", patients(10), shape=(130, 140))


@pytest.fixture
def run(cohort: Cohort, tmp_path: Path) -> Run:
    plan = draw_folds(cohort)
    return new_run(tmp_path / "run", preset=PRESET, cohort=cohort, plan=plan, fold="B")


def test_opened_again_it_is_the_same(run: Run) -> None:
    assert open_run(run.path) == run
    assert run.fold.name == "B"
    assert run.preset == PRESET


def test_a_moved_cohort_can_be_pointed_to(run: Run, cohort: Cohort, tmp_path: Path) -> None:
    moved = cohort.path.rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="not a prepared cohort"):
        open_run(run.path).open_cohort()
    assert len(open_run(run.path, cohort=moved).open_cohort()) == 10


def test_another_cohort_is_refused(run: Run, tmp_path: Path) -> None:
    other = write_cohort(tmp_path / "other", patients(10), shape=(130, 140), seed=9)
    with pytest.raises(InputError, match="as when the run began"):
        open_run(run.path, cohort=other.path).open_cohort()


def test_results_of_test_patients_have_a_name_of_their_own(run: Run) -> None:
    assert run.of_split(run.metrics, "test") == run.path / "metrics.json"
    assert run.of_split(run.metrics, "validation") == run.path / "metrics-validation.json"


def test_unknown_fold_leaves_nothing_behind(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fold: 'Z'"):
        new_run(tmp_path / "new", preset=PRESET, cohort=cohort, plan=draw_folds(cohort), fold="Z")
    assert not (tmp_path / "new").exists()
