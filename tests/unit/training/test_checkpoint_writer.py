"""Checkpoints are written one at a time beside the training, which is told what goes wrong."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
import torch

from anascope.errors import WriteError
from anascope.training import _checkpoint_writer
from anascope.training._checkpoint_writer import CheckpointWriter
from anascope.training._state_copy import StateCopy


def writer(folder: Path, newest: int = 0) -> CheckpointWriter:
    return CheckpointWriter(folder, keep="last", newest=newest, device=torch.device("cpu"))


def state(epoch: int) -> dict[str, object]:
    return {"epoch": epoch, "network": torch.full((4,), float(epoch))}


def test_it_writes_while_the_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, order = Event(), []

    def slowly(folder: Path, epoch: int, state: object, *, keep: str) -> None:
        assert go_on.wait(60)
        order.append(epoch)

    monkeypatch.setattr(_checkpoint_writer, "save_checkpoint", slowly)
    writing = writer(tmp_path)
    writing.begin(state(1))
    while_writing = writing.is_writing, writing.newest
    order.append(0)
    go_on.set()
    writing.begin(state(2))  # waits for the first
    writing.finish()
    assert order == [0, 1, 2]
    assert while_writing == (True, 0)
    assert (writing.is_writing, writing.newest) == (False, 2)


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    writing = writer(tmp_path, newest=2)
    writing.write(state(2))
    assert list(tmp_path.iterdir()) == []
    writing.begin(state(3))
    writing.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-003.pt"]


def test_a_failure_is_told_once_where_it_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    folder.write_text("mine")
    writing = writer(folder)
    writing.begin(state(1))
    with pytest.raises(WriteError, match="a file is there where a folder is needed"):
        writing.finish()
    writing.check()
    assert writing.newest == 0
    folder.unlink()
    writing.begin(state(1))
    writing.finish()
    assert writing.newest == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_it_writes_the_copy_and_not_what_the_training_makes_of_it(tmp_path: Path) -> None:
    device = torch.device("cuda", torch.cuda.current_device())
    weight = torch.zeros(50_000_000, device=device)
    copy = StateCopy()
    writing = CheckpointWriter(tmp_path, keep="last", newest=0, device=device)
    for epoch in (1, 2):
        for _ in range(100):
            weight += 1
        copy.take({"epoch": epoch, "network": weight}, anew=writing.is_writing)
        assert copy.state is not None
        writing.begin(copy.state)
    for _ in range(100):
        weight += 1
    writing.finish()
    saved = torch.load(tmp_path / "epoch-002.pt", map_location="cpu", weights_only=True)
    assert (saved["network"] == 200).all()
