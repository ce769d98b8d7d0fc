"""What the runs of a study take of a disk is known before they begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.studies import Job, run_study, study_disk
from anascope.training import run_disk
from tests.pretended import Here, made_up_study, pretend

SETTINGS = [{"training.weight_average": 0.0}, {"training.weight_average": 0.9}]


def test_models_stay_and_checkpoints_come_and_go(tmp_path: Path) -> None:
    study = made_up_study(tmp_path, factors={}, settings=SETTINGS, folds={"count": 2})
    cohort = study.open_cohort()
    plain, averaged = (run_disk(run.preset, cohort, extendable=False) for run in study.runs[::2])
    assert averaged.checkpoint > plain.checkpoint
    disk = study_disk(study, 3)
    assert (disk.runs, disk.there) == (4, 0)
    assert disk.stays == 4 * (plain.model + plain.results)
    # The largest three that may run at the same time.
    assert disk.meanwhile == 2 * (2 * averaged.checkpoint + plain.checkpoint)
    assert disk.needed == disk.stays + disk.meanwhile


def test_what_is_done_takes_no_more_and_what_is_begun_less(tmp_path: Path) -> None:
    study = made_up_study(tmp_path, factors={}, settings=SETTINGS, folds={"count": 2})
    done, begun, *_ = study.runs
    pretend(Job(study.layout, done, study.cohort_path))
    folder = study.layout.run(begun.name)
    folder.mkdir()
    (folder / "written").write_bytes(bytes(1000))
    disk = study_disk(study, 1)
    assert (disk.runs, disk.there) == (3, 1000)
    assert disk.needed == disk.stays + disk.meanwhile - 1000


def test_a_study_that_is_done_needs_none(tmp_path: Path) -> None:
    study = made_up_study(tmp_path, factors={}, settings=SETTINGS, folds={"count": 2})
    run_study(study, Here())
    assert study_disk(study, 2).needed == 0


@pytest.mark.parametrize("keep", ["last", "all"])
def test_checkpoints_of_runs_that_are_done_go(tmp_path: Path, keep: str) -> None:
    """Earlier versions left the last one's, of which nothing goes on."""
    study = made_up_study(
        tmp_path,
        factors={},
        settings=SETTINGS,
        changes={"training.keep_checkpoints": keep},
        folds={"count": 2},
    )
    run_study(study, Here())
    checkpoints = study.layout.files(study.runs[0].name).checkpoints
    checkpoints.mkdir()
    (checkpoints / "epoch-001.pt").touch()
    run_study(study, Here())
    assert len(list(checkpoints.iterdir())) == (keep == "all")
