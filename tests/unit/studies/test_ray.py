"""Runs on a Ray cluster, of nodes that are all this machine: shares, deaths, results once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from anascope.errors import InputError
from anascope.files import read_json, write_text
from anascope.presets import load_preset
from anascope.studies import (
    Job,
    Layout,
    Outcome,
    PlannedRun,
    StudyBegan,
    Training,
    carry_out,
    do_jobs,
    load_study,
    new_study,
    run_study,
)
from anascope.workers import Event, RayCluster, Tick
from tests.pretended import Here, made_up_study
from tests.ray_nodes import head_alone, nodes
from tests.small_cohort import patients, write_cohort
from tests.unit.studies.ray_work import (
    count_company,
    die,
    refuse,
    see_threads,
    stay,
    train_where,
    write_once,
)

ray: Any = pytest.importorskip("ray", reason="Ray is not installed (pip install anascope[ray])")

pytestmark = pytest.mark.timeout(180)

_STUDY = """
description: A small grid
preset: tiny
changes: {image.patch_size: 64, image.scale: 1, network.width: 4, training.epochs: 3}
folds: {only: [A, B]}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with head_alone() as made:
        yield made


def jobs(path: Path, count: int) -> list[Job]:
    """Return jobs of a study folder that holds nothing yet."""
    path.mkdir(exist_ok=True)
    preset = load_preset("tiny")
    runs = (
        PlannedRun(f"r{i}", f"{i:064}", Training({"training.seed": i}), "A", preset)
        for i in range(count)
    )
    return [Job(Layout(path), run, path / "cohort") for run in runs]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_job_ends_once_on_all_nodes(cluster: Any, tmp_path: Path) -> None:
    given = jobs(tmp_path / "study", 30)  # more than are handed to Ray at a time
    with (
        nodes(cluster, 2, num_cpus=1),
        RayCluster(address=cluster.address) as executor,
    ):
        assert executor.slots == 2
        outcomes = list(do_jobs(executor, given, work=write_once))
    assert sorted(outcomes, key=lambda o: int(o.run[1:])) == [Outcome(f"r{i}") for i in range(30)]
    assert all((job.layout.run(job.run.name) / "metrics.json").is_file() for job in given)


@pytest.fixture(scope="class")
def node(cluster: Any) -> Iterator[None]:
    """One node of four cores and a GPU, shared by tests that need no other."""
    with nodes(cluster, 1, num_cpus=4, num_gpus=1):
        yield


@pytest.mark.usefixtures("node")
class TestOnOneNode:
    def test_two_runs_share_a_gpu_and_never_three(self, cluster: Any, tmp_path: Path) -> None:
        given = jobs(tmp_path / "study", 4)
        with RayCluster(address=cluster.address, gpus=0.5) as executor:
            assert executor.slots == 2
            ended = list(do_jobs(executor, given, work=count_company))
        assert not any(outcome.failure for outcome in ended)
        most = [read_json(path) for path in (tmp_path / "study" / "most").iterdir()]
        assert len(most) == 4
        assert max(most) == 2

    def test_run_whose_worker_dies_is_begun_again_and_then_fails(
        self, cluster: Any, tmp_path: Path
    ) -> None:
        given = jobs(tmp_path / "study", 4)
        with RayCluster(address=cluster.address, cpus=2, retries=1) as executor:
            found = {o.run: o.failure for o in do_jobs(executor, given, work=die)}
        reason = "its worker or node died 2 times (WorkerCrashedError)"
        assert found == {"r0": reason, "r1": None, "r2": None, "r3": None}
        assert given[0].layout.reason("r0") == reason
        attempts = {p.name: len(p.read_text()) for p in (tmp_path / "study" / "attempts").iterdir()}
        assert attempts == {"r0": 2, "r1": 2, "r2": 1, "r3": 1}

    def test_work_that_raises_and_folder_that_nodes_do_not_see_fail_their_run(
        self, cluster: Any, tmp_path: Path
    ) -> None:
        (seen,) = jobs(tmp_path / "seen", 1)
        (unseen,) = jobs(tmp_path / "unseen", 1)
        unseen.layout.path.rmdir()
        with RayCluster(address=cluster.address) as executor:
            ended = list(do_jobs(executor, [seen], work=refuse))
            assert ended == [Outcome("r0", "ValueError: nothing but r0")]
            (outcome,) = do_jobs(executor, [unseen], work=refuse)
        failure = f"no {unseen.layout.path} there; expected the study folder on storage"
        assert outcome.failure is not None
        assert failure in outcome.failure

    def test_threads_and_gpus_of_a_run(self, cluster: Any, tmp_path: Path) -> None:
        """The node has a GPU; a run that asked for none sees none."""
        with RayCluster(address=cluster.address, cpus=2.5) as executor:
            list(do_jobs(executor, jobs(tmp_path / "study", 1), work=see_threads))
        assert read_json(tmp_path / "study" / "seen.json") == [2, ""]

    def test_share_that_does_not_fit_is_refused(self, cluster: Any, tmp_path: Path) -> None:
        refusal = r"a worker with 1 CPU and 2 GPU: .*1 × 4 CPU and 1 GPU"
        with pytest.raises(InputError, match=refusal):
            RayCluster(address=cluster.address, gpus=2)
        assert not ray.is_initialized()
        study = made_up_study(tmp_path)
        with (
            RayCluster(address=cluster.address) as executor,
            pytest.raises(InputError, match=r"^gpus: 0 with accelerator gpu; expected more than 0"),
        ):
            run_study(study, executor, accelerator="gpu")

    def test_closing_ends_what_runs_and_leaves_the_cluster(
        self, cluster: Any, tmp_path: Path
    ) -> None:
        pids = tmp_path / "study" / "pids"
        began: list[float] = []

        def stop(event: Event) -> None:
            if pids.is_dir() and len(list(pids.glob("[0-9]*"))) == 2:
                began.append(time.monotonic())
                raise KeyboardInterrupt

        given = jobs(tmp_path / "study", 20)
        with (
            pytest.raises(KeyboardInterrupt),
            RayCluster(address=cluster.address, cpus=2) as executor,
            closing(do_jobs(executor, given, work=stay, watcher=stop)) as outcomes,
        ):
            next(outcomes)
        assert time.monotonic() - began[0] < 10
        assert not any(alive(int(path.name)) for path in pids.iterdir())
        with RayCluster(address=cluster.address, cpus=2) as executor:
            assert len(list(do_jobs(executor, jobs(tmp_path / "other", 2), work=write_once))) == 2


def test_study_on_this_machine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: Any
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)  # of a cluster without a place for a run
    with RayCluster(cpus=0.5) as executor:
        assert executor.slots == 2 * int(ray.cluster_resources()["CPU"])
        assert len(list(do_jobs(executor, jobs(tmp_path / "study", 3), work=write_once))) == 3
    assert not ray.is_initialized()


class NodeKiller:
    """Removes a node, as a power cut would, once its run is in its second epoch."""

    def __init__(self, cluster: Any, node: Any) -> None:
        self._cluster, self._node = cluster, node
        self.struck: str | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, StudyBegan):
            assert event.slots == 2
            self._study = event.study
        elif isinstance(event, Tick):
            self._strike()

    def _strike(self) -> None:
        for run in self._study.runs if self.struck is None else ():
            at = self._study.path / "at" / run.name
            progress = self._study.layout.progress(run.name)
            on_it = at.is_file() and self._node.node_id in at.read_text()
            if on_it and progress and progress.epoch >= 2:
                self.struck = run.name
                self._cluster.remove_node(self._node, allow_graceful=False)


def test_runs_of_a_node_that_dies_end_as_if_it_had_lived(cluster: Any, tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    write_text(tmp_path / "small.yaml", _STUDY)
    grid = load_study(str(tmp_path / "small.yaml"))
    unbroken = new_study(tmp_path / "unbroken", grid, cohort)
    with Here(carry_out, threads=1) as executor:
        assert len(run_study(unbroken, executor, accelerator="cpu").done) == 2

    broken = new_study(tmp_path / "broken", grid, cohort)
    with nodes(cluster, 2, num_cpus=1) as (doomed, _):
        write_text(broken.path / "doomed", doomed.node_id)
        killer = NodeKiller(cluster, doomed)
        with RayCluster(address=cluster.address) as executor:
            ended = run_study(broken, executor, accelerator="cpu", work=train_where, watcher=killer)
    assert sorted(ended.done) == sorted(run.name for run in broken.runs)
    assert ended.failed == {}
    for run in broken.runs:
        begun_at = (broken.path / "at" / run.name).read_text().split()
        assert len(begun_at) == (2 if run.name == killer.struck else 1)
        assert begun_at[-1] != doomed.node_id or run.name != killer.struck
        one, other = unbroken.layout.run(run.name), broken.layout.run(run.name)
        assert read_json(one / "metrics.json") == read_json(other / "metrics.json")
        for table in ("predictions.parquet", "fields.parquet"):
            pd.testing.assert_frame_equal(
                pd.read_parquet(one / table), pd.read_parquet(other / table)
            )
