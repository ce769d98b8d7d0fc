"""Ctrl-C and SIGTERM end a command in one line, with its workers, and leave nothing half-written.

Every command is a process of its own, which takes seconds to import what it needs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import typer

from anascope.cli._app import app
from anascope.cli._signals import GO_ON
from anascope.training import read_history
from tests.small_cohort import patients, write_cohort
from tests.started import start, wait_for, write_images

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
    pytest.mark.timeout(180),
]

AGAIN = "interrupted{by}; what is finished is kept; start the same command again{how} to continue"
ANEW = "interrupted{by}; nothing is half-written; start the command again"
TINY = [
    "--set=image.patch_size=64",
    "--set=image.scale=1",
    "--set=network.width=4",
    "--accelerator=cpu",
]


def end(process: subprocess.Popen[str], number: signal.Signals, line: str, how: str = "") -> None:
    """Send the signal, and require the one line and the exit status that belong to it."""
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    by = "" if number == signal.SIGINT else f" by {number.name}"
    assert errors.splitlines()[-1:] == [f"anascope: {line.format(by=by, how=how)}"]
    assert "Traceback" not in errors
    assert process.returncode == 128 + number


def hidden(folder: Path) -> list[str]:
    """Return what is half-written in a folder: all that is hidden but locks."""
    return [path.name for path in folder.rglob(".*") if not path.name.endswith(".lock")]


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many small images."""
    folder = tmp_path_factory.mktemp("slides")
    write_images(folder, 60)
    return folder


def test_reading_keeps_what_is_read(slides: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--pixel-size-um=0.3", "--no-sheets", "--threads=1", "--out", out]
    process = start("read", slides, *options)
    wait_for(lambda: list(out.glob("specimens/*/specimen.json")), process)
    end(process, signal.SIGINT, AGAIN)
    assert hidden(out) == []
    assert len(list(out.glob("specimens/*/specimen.json"))) < 60


@pytest.mark.slow
def test_a_training_says_how_it_is_resumed(tmp_path: Path) -> None:
    """Took 33 s on 2 cores that others used as well."""
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    run = tmp_path / "run"
    process = start("train", cohort.path, "--preset=tiny", "--epochs=500", *TINY, "--out", run)
    wait_for(lambda: (run / "history.csv").exists(), process)
    assert not (run / "checkpoints").exists()  # minutes away, and written all the same
    end(process, signal.SIGTERM, AGAIN, " with --resume")
    assert hidden(run) == []
    epochs = len(read_history(run / "history.csv"))
    (checkpoint,) = run.glob("checkpoints/*")
    assert checkpoint.name in (f"epoch-{epochs:03d}.pt", f"epoch-{epochs + 1:03d}.pt")
    assert (run / "model" / "card.json").exists()


@pytest.mark.slow
def test_a_study_ends_with_its_workers(tmp_path: Path) -> None:
    """Took 83 s on 2 cores that others used as well."""
    cohort = write_cohort(tmp_path / "cohort", patients(10))
    study = tmp_path / "study"
    changes = [*TINY, "--preset=tiny", "--fold=A"]
    process = start("study", "run", "paper", cohort.path, *changes, "--jobs=1", "--out", study)
    wait_for(lambda: list(study.glob("runs/*/history.csv")), process)
    workers = children(process.pid)
    assert workers
    end(process, signal.SIGINT, AGAIN)
    limit = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert len(list(study.glob("runs/*/checkpoints/*.pt"))) == 1


def test_a_drawing_leaves_nothing(tmp_path: Path) -> None:
    process = start("cohort", "synthesize", tmp_path / "drawn" / "new", "--jobs=2")
    wait_for(lambda: list(tmp_path.glob("drawn/.new.*/*")), process)
    end(process, signal.SIGTERM, ANEW)
    assert list(tmp_path.iterdir()) == []


def children(pid: int) -> list[str]:
    """Return the processes that this one has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text().split()]


def test_every_command_that_is_named_is_there() -> None:
    commands: Any = typer.main.get_command(app)
    for words in GO_ON:
        found = commands
        for word in words.split():
            found = found.commands[word]
