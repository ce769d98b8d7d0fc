"""A study whose driver and workers are killed at random points ends as an unbroken one does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from anascope.environment import usable_cores
from anascope.report import to_markdown
from anascope.studies import (
    StudyFolder,
    carry_out,
    load_study,
    new_study,
    open_study,
    run_study,
)
from anascope.studies.analysis import Comparisons, read_results
from anascope.studies.analysis._further_tables import (
    calibration_table,
    comparison_table,
    measure_tables,
    weight_table,
)
from anascope.studies.analysis._tables import fold_accuracy_table, loss_table, mean_tables
from anascope.tasks import Level
from tests.pretended import Here
from tests.small_cohort import patients, write_cohort

LEVELS: tuple[Level, ...] = ("patch", "field", "specimen")
STUDY = """
description: small enough to be killed often
preset: tiny
changes:
  image.patch_size: 64
  image.scale: 1
  network.width: 4
  training.epochs: 4
  training.checkpoint_minutes: 0
factors:
  loss.mask: [dice, bce]
folds: {count: 5, only: [A, B]}
"""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="finds the workers through /proc"
)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    folder = tmp_path_factory.mktemp("studies")
    cohort = write_cohort(folder / "cohort", patients(10))
    (folder / "study.yaml").write_text(STUDY)
    study = new_study(folder / "unbroken", load_study(str(folder / "study.yaml")), cohort)
    # In this process, which has imported PyTorch; with the threads that one of two workers has.
    with Here(carry_out, threads=max(1, usable_cores() // 2)) as executor:
        assert len(run_study(study, executor, accelerator="cpu").done) == 4
    return study


@pytest.mark.timeout(600)
def test_killed_study_ends_as_the_unbroken_one(unbroken: StudyFolder, tmp_path: Path) -> None:
    moments = random.Random(12357)
    folder = tmp_path / "killed"
    driver = start(unbroken, folder)
    for victim in ("worker", "driver"):
        wait_for_an_epoch(folder, driver)
        time.sleep(moments.uniform(0, 0.5))
        workers = children(driver.pid)
        assert workers
        os.kill(workers[0] if victim == "worker" else driver.pid, signal.SIGKILL)
    driver.wait()
    # Workers end with their driver, so that none writes beside the next one's.
    wait_until(lambda: not any(is_alive(worker) for worker in workers), seconds=30)
    assert start(unbroken, folder).wait(timeout=300) == 0

    killed = open_study(folder)
    for run, like in zip(killed.runs, unbroken.runs, strict=True):
        assert run.key == like.key
        for name in ("predictions.parquet", "fields.parquet"):
            pd.testing.assert_frame_equal(
                pd.read_parquet(killed.layout.run(run.name) / name),
                pd.read_parquet(unbroken.layout.run(like.name) / name),
                check_exact=True,
            )
    assert tables(killed) == tables(unbroken)


def tables(study: StudyFolder) -> list[str]:
    """Return every table of the report but that of times, as it is written."""
    results = read_results(study)
    made = [*mean_tables(results, beside_published=False), weight_table(results)]
    made += [table for level in LEVELS for table in measure_tables(Comparisons(results, level))]
    made += [comparison_table(Comparisons(results, level)) for level in LEVELS]
    for each in results.trainings:
        made.append(fold_accuracy_table(results, each, beside_published=False))
        made += [loss_table(each, fold, beside_published=False) for fold in each.folds]
    return [to_markdown(table) for table in [*made, calibration_table(results)]]


def start(study: StudyFolder, folder: Path) -> subprocess.Popen[bytes]:
    grid = study.path.parent / "study.yaml"
    arguments = [
        "study",
        "run",
        str(grid),
        str(study.cohort_path),
        "--out",
        str(folder),
        "--jobs=2",
    ]
    return subprocess.Popen(
        [sys.executable, "-c", "from anascope.cli import main; main()", *arguments],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        stderr=subprocess.DEVNULL,
    )


def wait_for_an_epoch(folder: Path, driver: subprocess.Popen[bytes]) -> None:
    """Wait until another epoch has been trained, of whichever run."""
    before = trained(folder)
    wait_until(lambda: trained(folder) > before)
    assert driver.poll() is None, "the study ended before it could be killed"


def trained(folder: Path) -> int:
    """Return how many epochs have been trained so far."""
    return sum(len(path.read_text().splitlines()) for path in folder.glob("runs/*/history.csv"))


def children(pid: int) -> list[int]:
    """Return the processes that train: the spawned children of the driver."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in command:
                found.append(int(child))
    return found


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_until(true: Callable[[], bool], *, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)
