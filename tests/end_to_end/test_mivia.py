"""The main job on real images, in small: MIVIA, preset `tiny`, one epoch."""

from __future__ import annotations

import pytest

from anascope.cohorts import Cohort
from anascope.cohorts.folds import count_folds, draw_folds
from anascope.presets import load_preset
from anascope.training import evaluate_run, fit, new_run


@pytest.fixture(scope="module")
def quick_metrics(
    mivia_cohort: Cohort, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, float]:
    run = new_run(
        tmp_path_factory.mktemp("runs") / "mivia",
        preset=load_preset("tiny", {"training.epochs": 1}),
        cohort=mivia_cohort,
        plan=draw_folds(mivia_cohort),
        fold="A",
    )
    fit(run, accelerator="cpu")
    variants: dict[str, float] = evaluate_run(run).metrics["field"]["mask_variants"]
    return variants


def test_one_epoch_already_finds_most_cells(quick_metrics: dict[str, float]) -> None:
    """Nothing learned would be a Dice of at most 0.35 (a fifth of the pixels are cells)."""
    assert quick_metrics["dice"] > 0.55


def test_unannotated_border_cells_count_against_the_mask_as_it_stands(
    quick_metrics: dict[str, float],
) -> None:
    assert quick_metrics["dice_as_mask_stands"] < quick_metrics["dice"]


def test_folds_spread_the_patterns(mivia_cohort: Cohort) -> None:
    rows = count_folds(draw_folds(mivia_cohort), mivia_cohort.fields)
    tests = [row for row in rows if row["set"] == "test"]
    assert sum(row["patients"] for row in tests) == 28
    for pattern in mivia_cohort.patterns:
        counts = [row[pattern] for row in tests]
        assert max(counts) - min(counts) <= 1
    assert all(row["intermediate"] >= 1 <= row["positive"] for row in tests)
