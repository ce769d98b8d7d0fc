"""Whatever happens to a run or to the driver, every run is done once and none stops another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.presets import load_preset, preset_to_yaml
from anascope.studies import (
    Job,
    Outcome,
    RunEnded,
    State,
    StudyBegan,
    StudyFolder,
    carry_out,
    new_study,
    open_study,
    run_study,
)
from anascope.workers import Event, Processes, ThisProcess
from tests.pretended import Here, made_up_study, pretend
from tests.refusals import refused
from tests.unit.studies.work import kill_always, kill_first_time, let_out, say_threads


def failing(word: str) -> Here:
    """Return an executor with which the runs fail that have ``word`` in their names."""

    def work(job: Job) -> Outcome:
        if word in job.run.name:
            return Outcome(job.run.name, "it was meant to")
        return pretend(job)

    return Here(work)


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Twelve runs, four of them with an α of 6."""
    return made_up_study(tmp_path, people=6, folds={"count": 2})


def states(study: StudyFolder) -> set[State]:
    return {study.layout.state(run.name) for run in study.runs}


def test_all_runs_are_done_once_and_never_again(study: StudyFolder) -> None:
    first = Here()
    ended = run_study(study, first)
    assert set(ended.done) == {run.name for run in study.runs}
    assert not ended.failed
    assert set(first.done.values()) == {1}
    assert states(study) == {State.DONE}
    second = Here()
    assert set(run_study(study, second).done) == set(ended.done)
    assert not second.done


def test_a_failed_run_stops_no_other_and_is_tried_again(study: StudyFolder) -> None:
    ended = run_study(study, failing("alpha6"))
    assert len(ended.failed) == 4
    assert set(ended.failed.values()) == {"it was meant to"}
    assert len(ended.done) == len(study.runs) - 4
    again = Here()
    assert len(run_study(study, again).done) == len(study.runs)
    assert len(again.done) == 4


def test_a_study_may_grow_but_keeps_cohort_and_folds(study: StudyFolder) -> None:
    run_study(study, Here())
    cohort = study.open_cohort()
    more = study.study.model_copy(
        update={"factors": {**study.study.factors, "training.seed": (12357, 1)}}
    )
    grown = new_study(study.path, more, cohort)
    assert len(grown.runs) == 2 * len(study.runs)
    assert not grown.left_over()
    executor = Here()
    run_study(grown, executor)
    # The seed of the preset, spelled out, is what was run before.
    assert len(executor.done) == len(study.runs)
    less = new_study(study.path, study.study.restricted({"loss.mask": ["bce"]}), cohort)
    assert len(less.left_over()) == len(grown.runs) - len(less.runs)
    other = study.study.model_copy(
        update={"folds": study.study.folds.model_copy(update={"seed": 3})}
    )
    with pytest.raises(InputError, match="other folds"):
        new_study(study.path, other, cohort)


def test_another_cohort_is_refused(study: StudyFolder, tmp_path: Path) -> None:
    other = made_up_study(tmp_path / "other", people=15)
    with pytest.raises(InputError, match="as when the study began"):
        new_study(study.path, study.study, other.open_cohort())
    moved = open_study(study.path, cohort=other.cohort_path)
    with pytest.raises(InputError, match="as when the study began"):
        moved.open_cohort()


def test_two_drivers_do_not_work_on_one_study(study: StudyFolder) -> None:
    began: list[StudyBegan] = []

    def look(event: Event) -> None:
        if isinstance(event, StudyBegan):
            began.append(event)
            assert study.layout.is_driven()
            with pytest.raises(InputError, match="in use by process"):
                run_study(study, Here())

    run_study(study, Here(), watcher=look)
    assert began == [StudyBegan(study, (), 1)]
    assert not study.layout.is_driven()


def test_a_folder_with_other_things_is_refused(study: StudyFolder, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    with pytest.raises(InputError, match="exists already"):
        new_study(tmp_path / "mine", study.study, study.open_cohort())
    with pytest.raises(InputError, match="not a study"):
        open_study(tmp_path / "mine")


def test_watcher_is_told_of_every_run(study: StudyFolder) -> None:
    failures: list[tuple[str, str | None]] = []

    def note(event: Event) -> None:
        if isinstance(event, RunEnded):
            failures.append((event.run.name, event.failure))

    run_study(study, failing("alpha6-B"), watcher=note)
    assert len(failures) == len(study.runs)
    assert sum(failure is not None for _, failure in failures) == 2


@pytest.fixture
def short(tmp_path: Path) -> StudyFolder:
    """Four runs."""
    settings = [{"balancing.alpha": 0.6}, {"balancing.alpha": 6.0}]
    return made_up_study(tmp_path, factors={}, settings=settings, folds={"count": 2})


def test_workers_share_the_cores_and_live_on(short: StudyFolder) -> None:
    executor = Processes(2, threads=1)
    assert executor.slots == 2
    assert len(run_study(short, executor, work=say_threads).done) == 4
    written = [
        json.loads((short.layout.run(run.name) / "metrics.json").read_text()) for run in short.runs
    ]
    assert {each["threads"] for each in written} == {1}
    # Importing PyTorch takes seconds: a worker does more than one run.
    assert len({each["process"] for each in written}) <= 2


def test_a_killed_worker_is_replaced_and_its_run_goes_on(short: StudyFolder) -> None:
    ended = run_study(short, Processes(1, threads=1), work=kill_first_time)
    assert len(ended.done) == 4
    assert states(short) == {State.DONE}


def test_a_run_that_always_kills_its_process_fails_alone(short: StudyFolder) -> None:
    ended = run_study(short, Processes(1, threads=1, retries=1), work=kill_always)
    assert len(ended.done) == 3
    (reason,) = set(ended.failed.values())
    assert reason.startswith(
        "its process died 2 times (killed, for instance for lack of memory, or started"
    )
    failed = next(run for run in short.runs if run.name in ended.failed)
    assert short.layout.state(failed.name) is State.FAILED
    assert short.layout.reason(failed.name) == ended.failed[failed.name]


def test_a_run_that_raises_says_why_in_its_folder(short: StudyFolder) -> None:
    """The cohort is gone: every run fails with one line, and the traceback is kept."""
    job = Job(short.layout, short.runs[0], short.path / "nowhere")
    outcome = carry_out(job)
    assert outcome.failure is not None
    assert "not a prepared cohort" in outcome.failure
    assert short.layout.reason(job.run.name) == outcome.failure
    failure = json.loads(short.layout.failure(job.run.name).read_text())
    assert any("InputError" in line for line in failure["traceback"])
    assert short.layout.state(job.run.name) is State.FAILED


def test_a_run_that_is_done_is_left_as_it_is(short: StudyFolder) -> None:
    job = Job(short.layout, short.runs[0], short.path / "nowhere")
    pretend(Job(short.layout, short.runs[0], short.cohort_path))
    before = {path: path.stat().st_mtime_ns for path in short.path.rglob("*.json")}
    assert carry_out(job) == Outcome(job.run.name)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_study_keeps_its_preset_and_its_folds(tmp_path: Path) -> None:
    """Neither a preset file that changes later nor folds that are not given again matter."""
    mine = tmp_path / "mine.yaml"
    mine.write_text(preset_to_yaml(load_preset("tiny")))
    study = made_up_study(tmp_path, preset=str(mine))
    keys = [run.key for run in study.runs]
    mine.unlink()
    assert [run.key for run in open_study(study.path).runs] == keys
    cohort = study.open_cohort()
    given = draw_folds(cohort, count=3, seed=99)
    grid = study.study.model_copy(update={"preset": "tiny"})
    first = new_study(tmp_path / "given", grid, cohort, folds=given)
    again = new_study(tmp_path / "given", grid, cohort)
    assert again.folds.folds == first.folds.folds == given.folds


def test_an_error_that_the_work_lets_out_is_the_runs(short: StudyFolder) -> None:
    ended = run_study(short, Processes(1, threads=1), work=let_out)
    assert len(ended.done) == 3
    assert list(ended.failed.values()) == ["OSError: no space left"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("executor", [ThisProcess, Processes])
def test_runs_without_their_gpu_are_not_begun(
    study: StudyFolder, executor: type[ThisProcess] | type[Processes]
) -> None:
    with refused("accelerator", "'gpu', which PyTorch cannot use here", "cpu or auto"):
        run_study(study, executor(), accelerator="gpu")
    with refused("accelerator", "'banana'", "one of auto, cpu, gpu"):
        run_study(study, executor(), accelerator="banana")
    assert states(study) == {State.WAITING}
