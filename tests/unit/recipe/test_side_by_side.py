"""Benchmarks that train side by side."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
import torch

from anascope.recipe import side_by_side
from tests.unit.recipe.work import fail, note


def test_one_at_a_time_is_done_here(tmp_path: Path) -> None:
    side_by_side(partial(note, tmp_path), ["a", "b"], jobs=1)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}
    assert (tmp_path / "a").read_text() == f"{os.getpid()} {torch.get_num_threads()}"


def test_two_at_a_time_share_the_threads(tmp_path: Path) -> None:
    side_by_side(partial(note, tmp_path), ["a", "b", "c"], jobs=2)
    notes = [path.read_text().split() for path in sorted(tmp_path.iterdir())]
    assert len(notes) == 3
    assert all(int(pid) != os.getpid() for pid, _ in notes)
    assert {int(threads) for _, threads in notes} == {max(1, torch.get_num_threads() // 2)}


def test_what_goes_wrong_is_told() -> None:
    with pytest.raises(ValueError, match="b"):
        side_by_side(fail, ["b"], jobs=2)
