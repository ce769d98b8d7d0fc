"""How grids on real images are given, and what their results are called."""

from __future__ import annotations

import pytest

from anascope.studies import load_study
from benchmarks.study._grid import grid_given, result_name
from benchmarks.study.i3a import STUDY


@pytest.mark.parametrize(
    ("words", "preset", "name"),
    [
        ([], "tiny", "i3a-study-tiny"),
        (["--preset=small"], "small", "i3a-study-small"),
        (["--study=mine/alpha.yaml"], None, "i3a-study-alpha"),
    ],
)
def test_a_result_is_called_by_what_was_run(
    words: list[str], preset: str | None, name: str
) -> None:
    given = grid_given("Doc.", data="i3a-task1", study=STUDY, words=["data", *words])
    assert given.preset == preset
    assert result_name("i3a", given) == name


def test_the_grid_on_i3a_has_the_trainings_of_the_published_one() -> None:
    ours, published = load_study(STUDY), load_study("paper", preset="tiny")
    assert len(ours.trainings()) == len(published.trainings()) == 8
    assert ours.folds == published.folds
