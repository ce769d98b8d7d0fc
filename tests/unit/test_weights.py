"""The recipe of the shipped weights: who learns, who is tested, what is told of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from anascope.cells import measure_cells
from anascope.cohorts import Cohort, MergedSource, import_cohort
from anascope.cohorts.folds import Fold, FoldPlan
from anascope.models import ModelCard
from anascope.presets import load_preset
from anascope.records import MaskValue
from benchmarks._annotated_cells import BOX, pairs_of
from benchmarks._calibrated import calibration_error
from benchmarks._lessons import lessons
from benchmarks._orientations import turned_eightfold
from benchmarks._recipe import CONTEST, plan_of_all, plans_over
from benchmarks._weights_tables import weights
from benchmarks.outlines import aside, in_pixels_of, moved
from tests.small_cohort import record, write_cohort

PATIENTS = [f"{number:02d}" for number in range(1, 29)]


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    folder = tmp_path_factory.mktemp("cohorts")
    real = write_cohort(
        folder / "mivia", [record(name, patient=name) for name in PATIENTS], shape=(40, 40)
    )
    drawn = write_cohort(
        folder / "drawn", [record(f"d{n}", patient=f"d{n}") for n in range(5)], shape=(48, 40)
    )
    source = MergedSource({"mivia": real, "drawn": drawn}, "all")
    return import_cohort(source, folder / "all", source_format="merged")


@pytest.fixture(scope="module")
def plans(everything: Cohort) -> dict[str, FoldPlan]:
    real = FoldPlan(
        folds={
            "A": Fold("A", tuple(PATIENTS[14:]), (), tuple(PATIENTS[:14])),
            "B": Fold("B", tuple(PATIENTS[:14]), (), tuple(PATIENTS[14:])),
        },
        seed=1,
        draw="by hand",
        cohort="",
    )
    return plans_over(real, everything)


def test_real_patients_are_either_learned_from_or_tested(plans: dict[str, FoldPlan]) -> None:
    everybody = {f"mivia/{name}" for name in PATIENTS}
    for name in ("A", "B", "contest", "none"):
        fold = plans[name].fold(name)
        learned = {unit for unit in fold.train if unit.startswith("mivia/")}
        assert learned.isdisjoint(fold.test)
        assert learned | set(fold.test) == everybody
        assert {f"drawn/d{n}" for n in range(5)} <= set(fold.train)


def test_the_contest_trains_on_its_own_fourteen_images(plans: dict[str, FoldPlan]) -> None:
    fold = plans["contest"].fold("contest")
    learned = {unit for unit in fold.train if unit.startswith("mivia/")}
    assert learned == {f"mivia/{number:02d}" for number in CONTEST}
    assert len(fold.test) == 14


def test_the_last_network_learns_from_every_real_patient(
    everything: Cohort, plans: dict[str, FoldPlan]
) -> None:
    fold = plan_of_all(everything).fold("all")
    assert {f"mivia/{name}" for name in PATIENTS} <= set(fold.train)
    assert fold.test[0].startswith("drawn/")
    assert not [unit for unit in plans["none"].fold("none").train if unit.startswith("mivia/")]


def test_contest_images_are_those_of_the_published_split(real_data: Path) -> None:
    path = real_data / "mivia-hep2" / "ICPR2012_Cells_Classification_Contest" / "cells.csv"
    rows = [line.split(";") for line in path.read_text(encoding="latin-1").splitlines()[1:]]
    assert {int(row[2]) for row in rows if row[1] == "training"} == set(CONTEST)


def test_lessons_begin_alike_and_hold_every_pattern() -> None:
    short, long = lessons(60, 5), lessons(190, 5)
    assert long.labels[:60] == short.labels
    named = {pattern for pattern, _ in long.labels}
    assert {"negative", "homogeneous", "golgi", "mitochondrial"} <= named
    assert all(level == "negative" for pattern, level in long.labels if pattern == "negative")


def too_sure(rows: int) -> pd.DataFrame:
    """Three in four right, said with 0.98 each; a third class would always be likeliest."""
    rng = np.random.default_rng(3)
    truth = rng.random(rows) < 0.5
    said = np.where(rng.random(rows) < 0.75, truth, ~truth)
    return pd.DataFrame(
        {
            "field": [f"{place % 10}" for place in range(rows)],
            "pattern": np.where(truth, "homogeneous", "nucleolar"),
            "logit_homogeneous": np.where(said, 2.0, -2.0),
            "logit_nucleolar": np.where(said, -2.0, 2.0),
            "logit_golgi": 9.0,
        }
    )


def test_a_temperature_from_other_fields_calibrates() -> None:
    card = ModelCard(
        preset=load_preset("tiny"),
        patterns=("homogeneous", "nucleolar", "golgi"),
        intensities=("intermediate", "positive"),
    )
    errors = calibration_error(too_sure(4000), card, ("homogeneous", "nucleolar"))
    assert errors["before"] == pytest.approx(1 / (1 + np.exp(-4)) - 0.75, abs=0.02)
    assert errors["after"] < 0.02
    assert errors["if_exact"] < 0.02
    few = calibration_error(too_sure(30), card, ("homogeneous", "nucleolar"))
    assert few["if_exact"] > 0.04


def test_found_cells_are_annotated_ones_whose_boxes_they_half_cover() -> None:
    """Shares: 5 columns on, 50 of 150 pixels; 1 on, 90 of 110; 8 of 10 columns, 80 of 100."""
    labels = np.zeros((40, 60), np.int32)
    labels[5:15, 5:15], labels[20:30, 30:40] = 1, 2
    cells = measure_cells(labels, np.zeros((40, 60), np.uint8), 255)
    known = pd.DataFrame([[5, 10, 14, 19], [20, 30, 29, 37], [20, 31, 29, 40]], columns=BOX)
    assert pairs_of(cells, known) == [(1, 2)]
    assert pairs_of(cells, known.head(2)) == [(1, 1)]


def test_the_table_tells_of_the_result_that_is_there() -> None:
    assert "Dice, border cells left out" in weights("s")


def test_an_outline_moves_by_whole_pixels_and_not_at_all_by_none() -> None:
    cells = np.zeros((9, 9), bool)
    cells[3:6, 3:6] = True
    assert (moved(cells, 0) == cells).all()
    assert moved(cells, 1).sum() == 9 + 4 * 3  # corners are further away than one pixel
    assert np.argwhere(moved(cells, -1)).tolist() == [[4, 4]]


def test_cells_lie_beside_the_annotated_ones_by_as_much_as_they_were_moved() -> None:
    truth = np.zeros((40, 48), np.uint8)
    truth[10:20, 12:30] = MaskValue.CELL
    truth[30:, :5] = MaskValue.UNKNOWN
    cells = np.zeros(truth.shape, bool)
    cells[8:18, 15:33] = True
    cells[30:, :5] = True
    assert aside(cells, truth) == (-2, 3)


def test_a_truth_in_larger_pixels_keeps_what_they_can_show_and_loses_what_they_cannot() -> None:
    truth = np.zeros((24, 24), np.uint8)
    truth[6:18, 6:18] = MaskValue.CELL
    truth[1, 1] = MaskValue.CELL  # a quarter of a pixel of twice the size
    # At a corner of the square, between the centres of large pixels, is 0.75 * 0.75 of cell.
    assert np.argwhere(in_pixels_of(0.5, truth) != (truth == MaskValue.CELL)).tolist() == [[1, 1]]
    assert (in_pixels_of(1.0, truth) == (truth == MaskValue.CELL)).all()


def test_eight_orientations_are_all_there_and_all_different() -> None:
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    turned = turned_eightfold(image)
    assert len({tuple(each.flatten().tolist()) for each in turned}) == len(turned) == 8
    assert (turned[0] == image).all()
    assert all(each.sum() == image.sum() for each in turned)
