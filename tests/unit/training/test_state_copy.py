"""Copies of a training's state stay as they are."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from anascope.training._state_copy import StateCopy


def state(value: float, size: int = 3) -> dict[str, Any]:
    return {
        "network": {"weight": torch.full((size,), value)},
        "optimizer": {"state": {0: {"step": torch.tensor(value)}}, "groups": [{"betas": (0.9, 1)}]},
        "rows": [{"epoch": value}],
        "best": torch.full((2,), value),
    }


def test_a_copy_does_not_follow_what_it_was_taken_of() -> None:
    copy, original = StateCopy(), state(1.0)
    copy.take(original, as_is=("best", "none"))
    original["network"]["weight"] += 1
    original["rows"].append({"epoch": 2.0})
    assert copy.state is not None
    assert copy.state["network"]["weight"].tolist() == [1.0] * 3
    assert copy.state["optimizer"] == state(1.0)["optimizer"]
    assert copy.state["rows"] == [{"epoch": 1.0}]
    assert copy.state["best"] is original["best"]


@pytest.mark.parametrize("anew", [False, True])
def test_memory_is_used_again_unless_somebody_reads_it(anew: bool) -> None:
    copy = StateCopy()
    copy.take(state(1.0))
    before = copy.state
    copy.take(state(2.0), anew=anew)
    assert before is not None
    assert copy.state is not None
    assert before["network"]["weight"].tolist() == [1.0 if anew else 2.0] * 3
    assert copy.state["network"]["weight"].tolist() == [2.0] * 3


def test_a_state_of_another_shape_is_copied_whole() -> None:
    """After its first step an optimizer has more."""
    copy = StateCopy()
    copy.take({"network": torch.zeros(2)})
    copy.take(state(2.0, size=5))
    assert copy.state is not None
    assert copy.state["network"]["weight"].tolist() == [2.0] * 5


def test_a_gpu_without_room_leaves_the_copy_to_main_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(tensor: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(torch.Tensor, "clone", full)
    copy, original = StateCopy(), state(1.0)
    copy.take(original)
    original["network"]["weight"] += 1
    assert copy.state is not None
    assert copy.state["network"]["weight"].tolist() == [1.0] * 3
