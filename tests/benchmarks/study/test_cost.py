"""The cost of the published study, computed: operations, runs, and who waits for whom."""

from __future__ import annotations

import pytest

from anascope.presets import load_preset
from benchmarks.study.cost import flop, flop_of_run, makespan, runs_of_study


@pytest.mark.parametrize(
    ("seconds", "places", "end"),
    [
        ([2, 2, 1, 1, 1, 1], 3, 3),
        ([3, 1, 1, 1], 2, 3),  # the long one first: handed out in their order it would be 4
        ([5], 8, 5),
        ([30] * 10 + [15] * 30, 8, 105),  # of 93.75 if runs could be divided
    ],
)
def test_makespan(seconds: list[float], places: int, end: float) -> None:
    assert makespan(list(reversed(seconds)), places) == end


def test_study_is_that_of_the_publication() -> None:
    runs = runs_of_study()
    assert len(runs) == 40
    assert sum(run["epochs"] for run in runs) == (30 + 15 + 15 + 15) * 2 * 5
    patches = {sum(value for key, value in run.items() if key != "epochs") for run in runs}
    assert patches == {252 * 4 * 15}
    tested = sum(run["test_patches"] for run in runs)
    assert tested == 8 * 252 * 4 * 15  # everyone is tested once in each training


def test_operations_of_a_run() -> None:
    run = {"epochs": 2, "train_patches": 10, "validation_patches": 3, "test_patches": 5}
    assert flop_of_run(run, {"training_step": 7, "prediction": 2}) == 2 * (70 + 6) + 10


def test_operations_of_a_step_are_three_predictions_and_a_little() -> None:
    """Forward, and backward by weights and by inputs; then GradNorm's products."""
    counted = flop(load_preset("tiny"), 2)
    assert counted == flop(load_preset("tiny"), 4)  # a patch is a patch
    assert 2.7 < counted["training_step"] / counted["prediction"] < 3.3
