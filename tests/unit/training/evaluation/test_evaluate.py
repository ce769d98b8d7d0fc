"""An evaluation scores what the model said against what is known, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.files import read_json
from anascope.models import Model, ModelCard, load_model, save_model
from anascope.networks import JointUNet, Prediction
from anascope.presets import load_preset
from anascope.records import MaskValue
from anascope.training import Run, evaluate_run, new_run
from anascope.training.evaluation import evaluate, field_masks, predict_fields
from tests.small_cohort import patients, record, write_cohort, write_fields

PRESET = load_preset("tiny", {"image.patch_size": 64, "image.scale": 1.0, "image.views": "[raw]"})
CARD = ModelCard(
    preset=PRESET,
    patterns=("homogeneous", "nucleolar"),
    intensities=("intermediate", "positive"),
)


OUTPUTS = {"pattern": 2, "intensity": 1}


class Threshold(JointUNet):
    """A stand-in that knows the drawn cohort: bright is cell, very bright is positive."""

    def __init__(self) -> None:
        super().__init__(width=8, hidden=32, in_channels=1, outputs=OUTPUTS)

    def forward(self, image: torch.Tensor) -> Prediction:
        cell = (image > 0.115).float()  # half-way between background and the dimmest cell
        positive = (image.amax(dim=(1, 2, 3)) > 0.5).float()
        return {
            "mask": 40 * cell - 20,
            "pattern": torch.tensor([[1.0, -1.0]]).repeat(len(image), 1),  # always homogeneous
            # Surer of seeing bright cells than of seeing none.
            "intensity": (7 * positive - 1)[:, None],
        }


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    records = [*patients(8, fields=2), record("unlabelled", pattern=None, intensity=None)]
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", records)


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(Threshold(), CARD)


def test_scores_of_a_network_that_knows(cohort: Cohort, model: Model) -> None:
    result = evaluate(model, cohort, cohort.fields[:16])
    field = result.metrics["field"]
    assert field["mask"]["dice"] > 0.9
    assert field["pattern"]["accuracy"] == 0.5
    assert field["pattern"]["confusion"] == [[8, 0], [8, 0]]
    assert field["intensity"]["accuracy"] == 1.0
    assert field["intensity"]["auroc"] == 1.0
    assert result.metrics["specimens"] == result.metrics["patients"] == 8
    assert len(result.fields) == 16
    assert result.metrics["specimen"]["pattern"]["n"] == 8


def test_unlabelled_fields_are_left_out_of_what_they_do_not_say(
    cohort: Cohort, model: Model
) -> None:
    metrics = evaluate(model, cohort, cohort.fields).metrics["field"]
    assert metrics["mask"]["n"] == 17
    assert metrics["pattern"]["n"] == metrics["intensity"]["n"] == 16


def test_cohort_without_masks_or_labels_gives_nan_not_numbers(tmp_path: Path, model: Model) -> None:
    records = [record("one", pattern=None, intensity=None)]
    bare = write_cohort(tmp_path / "cohort", records, masks=False)
    metrics = evaluate(model, bare, bare.fields).metrics["field"]
    assert np.isnan(metrics["mask"]["dice"])
    assert np.isnan(metrics["pattern"]["accuracy"])
    assert np.isnan(metrics["intensity"]["auroc"])


def test_decisions_of_a_field_are_the_mean_of_its_patches(cohort: Cohort, model: Model) -> None:
    result = evaluate(model, cohort, cohort.fields[:2])
    means = result.patches.groupby("field")["p_above_intermediate"].mean()
    fields = result.fields.set_index("field")["p_above_intermediate"]
    pd.testing.assert_series_equal(fields.sort_index(), means.sort_index())


def test_field_counts_are_those_of_the_stitched_mask(cohort: Cohort, model: Model) -> None:
    """Patches overlap, so their counts add up to more pixels than the field has."""
    result = evaluate(model, cohort, cohort.fields[:1])
    counts = ["tp", "fp", "fn", "tn"]
    truth = cohort.mask(cohort.fields[0])
    assert truth is not None
    assert result.fields[counts].sum(axis=1).item() == truth.size
    assert result.patches[counts].to_numpy().sum() > truth.size


def test_stitched_mask_has_the_size_of_the_field(cohort: Cohort) -> None:
    preset = PRESET.model_copy(update={"image": PRESET.image.model_copy(update={"scale": 0.5})})
    model = Model(Threshold(), CARD.model_copy(update={"preset": preset}))
    (prediction,) = predict_fields(model, cohort, cohort.fields[:1])
    assert prediction.mask.shape == (150, 200)
    assert prediction.patches["mask"].shape[1:] == (32, 32)
    truth = cohort.mask(cohort.fields[0])
    assert ((prediction.mask > 0.5) == (truth == MaskValue.CELL)).mean() > 0.9


def test_an_unknown_cell_inside_counts_neither_for_nor_against() -> None:
    """By every rule but the one that takes the mask as it stands."""
    truth, found = np.zeros((100, 100), np.uint8), np.zeros((100, 100), bool)
    truth[20:40, 20:40] = MaskValue.CELL
    truth[60:80, 60:80] = MaskValue.UNKNOWN
    found[20:40, 20:40] = found[62:78, 62:78] = True
    scores = field_masks(found, truth, cell_diameter=20)
    stands = 2 * 400 / (2 * 400 + 256)
    assert scores["dice_as_mask_stands"] == pytest.approx(stands)
    assert {scores[key] for key in scores if key.startswith("dice_without")} == {1.0}
    assert scores["dice"] == 1.0
    known = field_masks(found & (truth == MaskValue.CELL), truth, cell_diameter=20)
    assert known["dice_without_border_cells"] == 1.0


def test_what_a_cell_at_the_border_is_depends_on_the_pixel_size(
    tmp_path: Path, model: Model
) -> None:
    """Two nuclei of 13 µm that touch, one of them cut by the border, at 10× and at 40×.

    Were they as large in pixels as at 40×, both would count as one cell at the border at 10×.
    """
    drawn = []
    for name, size_um in (("10x", 0.65), ("40x", 0.1625)):
        nucleus = 13 / size_um
        y, x = np.indices((150, 200))
        mask = np.zeros((150, 200), np.uint8)
        for middle in (0.4 * nucleus, 1.35 * nucleus):
            mask[np.hypot(y - middle, x - 100) < nucleus / 2] = MaskValue.CELL
        image = np.where(mask == MaskValue.CELL, 200, 5).astype(np.uint8)
        drawn.append((replace(record(name), pixel_size_um=size_um), image, mask))
    cohort = write_fields(tmp_path / "cohort", drawn)
    fields = evaluate(model, cohort, cohort.fields).fields.set_index("field")
    assert fields["dice_without_border_cells"].to_dict() == {"10x": 1.0, "40x": 1.0}
    assert fields["dice_without_border_components"].isna().all()


@pytest.fixture
def run(cohort: Cohort, tmp_path: Path) -> Run:
    plan = draw_folds(cohort)
    return new_run(tmp_path / "run", preset=PRESET, cohort=cohort, plan=plan, fold="A")


def give_model(run: Run) -> None:
    network = JointUNet(width=8, hidden=32, in_channels=1, outputs=OUTPUTS)
    save_model(run.model, Model(network, CARD))


def test_run_folder_gets_everything(run: Run, cohort: Cohort) -> None:
    give_model(run)
    result = evaluate_run(run)
    written: dict[str, Any] = read_json(run.metrics)
    assert written["fold"] == "A"
    assert written["part"] == "test"
    dice = written["field"]["mask"]["dice"]
    assert dice == result.metrics["field"]["mask"]["dice"]
    predictions = pd.read_parquet(run.predictions)
    tested = {r.field for r in run.fold.records(cohort.fields, "test")}
    assert set(predictions["field"]) == tested
    assert {"patch", "tp", "p_pattern_nucleolar", "p_above_intermediate"} <= set(predictions)
    sums = predictions.filter(like="p_pattern_").sum(axis=1)
    assert sums.tolist() == pytest.approx([1.0] * len(sums), abs=1e-5)
    with Image.open(run.cells) as picture:
        assert picture.width > 500
    json.dumps(written)


def test_run_without_a_model_is_refused(run: Run) -> None:
    with pytest.raises(InputError, match="a run without a model"):
        evaluate_run(run)


def test_unknown_split_is_refused(run: Run) -> None:
    give_model(run)
    with pytest.raises(InputError, match="train, validation or test"):
        evaluate_run(run, split="tests")


def test_evaluating_twice_gives_the_same(run: Run) -> None:
    give_model(run)
    one = evaluate_run(run)
    other = evaluate_run(run)
    pd.testing.assert_frame_equal(one.patches, other.patches, check_exact=True)
    assert load_model(run.model).card.patterns == CARD.patterns
