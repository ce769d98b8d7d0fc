"""Two processes with one folder: the second is told, or waits and takes over from a dead one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.folder_lock import LockHeld
from anascope.reading import find_images
from anascope.reading.batch import FolderInUse, ReaderSettings, read_batch
from anascope.workers import Event
from tests.started import start, wait_for, write_images
from tests.unit.test_folder_lock import other_process

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slides")
    write_images(folder, 12)
    return folder


def test_the_second_reading_is_told_and_one_that_waits_takes_over(
    slides: Path, tmp_path: Path
) -> None:
    """Starts three readings, one of them in this process."""
    out = tmp_path / "out"
    words = ["read", slides, "--pixel-size-um=0.3", "--no-sheets", "--threads=1", "--out", out]
    first = start(*words)
    wait_for(lambda: list(out.glob("specimens/*/specimen.json")), first)
    os.kill(first.pid, signal.SIGSTOP)  # so that it is at work as long as the others take
    refused = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(refused.exception, LockHeld)
    assert f"process {first.pid} of " in refused.exception.found
    waiting = start(*words, "--wait")
    assert waiting.stderr is not None
    assert f"{out}: waits for process {first.pid} of " in waiting.stderr.readline()
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    waiting.communicate(timeout=120)
    assert waiting.returncode == 0
    assert len(pd.read_csv(out / "specimens.csv")) == 12


def test_a_script_waits_as_long_as_it_says(slides: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    settings = ReaderSettings(pixel_size_um=0.3)
    with other_process(tmp_path), pytest.raises(LockHeld):
        read_batch(find_images([slides]), tmp_path, settings, wait=0.2, watcher=events.append)
    assert [type(event) for event in events] == [FolderInUse]
