"""Which epoch is kept, worked out by hand."""

from __future__ import annotations

import math

import pytest

from anascope.training._selection import Best, better


def row(
    epoch: int, dice: float, pattern: float, intensity: float, loss: float = 1.0
) -> dict[str, float]:
    return {
        "epoch": epoch,
        "validation_dice": dice,
        "validation_accuracy_pattern": pattern,
        "validation_accuracy_intensity": intensity,
        **{f"validation_loss_{task}": loss for task in ("mask", "pattern", "intensity")},
    }


def test_score_is_the_mean_of_the_three() -> None:
    found = better("score", row(1, 0.6, 0.3, 0.9), Best())
    assert found is not None
    assert found.epoch == 1
    assert found.value == pytest.approx(0.6)


def test_of_equals_the_later_is_kept_and_worse_is_not() -> None:
    first = better("score", row(1, 0.6, 0.3, 0.9), Best())
    assert first is not None
    assert better("score", row(2, 0.9, 0.6, 0.3), first) == Best(2, first.value)
    assert better("score", row(3, 0.5, 0.3, 0.9), first) is None


def test_lowest_loss_wins() -> None:
    first = better("loss", row(1, 0.9, 0.9, 0.9, loss=0.5), Best())
    assert first is not None
    assert first.epoch == 1
    assert first.value == pytest.approx(-1.5)
    assert better("loss", row(2, 1.0, 1.0, 1.0, loss=0.6), first) is None
    assert better("loss", row(3, 0.0, 0.0, 0.0, loss=0.4), first) is not None


def test_last_is_always_the_newest() -> None:
    assert better("last", row(5, 0, 0, 0), Best(4, 4.0)) == Best(5, 5.0)


def test_without_validation_the_newest_is_kept() -> None:
    assert better("score", {"epoch": 2}, Best(1, 1.0)) == Best(2, 2.0)


def test_a_task_without_labels_counts_nothing() -> None:
    found = better("score", row(1, 0.6, math.nan, 0.9), Best())
    assert found is not None
    assert found.epoch == 1
    assert found.value == pytest.approx(0.5)
