"""Further tasks: training, evaluation, study and report have them without a word more.

One is a file of its own that names a class of the field; the other tells something of each pixel.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.errors import InputError
from anascope.files import read_json
from anascope.metrics import MaskCounts
from anascope.models import load_model
from anascope.presets import load_preset
from anascope.studies import Study, StudyFolder, carry_out, new_study, run_study
from anascope.studies.analysis import Figures, StudyReport, read_results, report_study
from anascope.synthetic import MIVIA, Drawing, Population
from anascope.tasks import CELLS, COUNTS, TASKS, register, tasks_named
from anascope.words import PHASES
from examples.family_task import FAMILY, FamilyTask
from tests.pretended import Here, only_svg
from tests.refusals import refused
from tests.small_cohort import INTENSITIES

NAMES = ["mask", "pattern", "intensity", "family", "cells"]
GRID = {
    "description": "five tasks",
    "preset": "tiny",
    "changes": {"tasks": NAMES, "training.epochs": 2, "training.batch_size": 4},
    "factors": {"loss.mask": ["dice", "bce"]},
    "folds": {"count": 2},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A study of four runs, done."""
    folder = tmp_path_factory.mktemp("five")
    patterns = ("homogeneous", "homogeneous nucleolar")
    labels = tuple((patterns[n % 2], INTENSITIES[n // 2 % 2]) for n in range(8))
    drawing = Drawing(Population(labels, 1), replace(MIVIA, shape=(300, 400)), 5)
    import_cohort(DrawnSource(drawing), folder / "cohort", source_format="synthetic")
    cohort = Cohort.open(folder / "cohort")
    study = new_study(folder / "study", Study.model_validate(GRID), cohort)
    with Here(carry_out, threads=1) as executor:
        ended = run_study(study, executor, accelerator="cpu")
    assert not ended.failed
    assert len(ended.done) == 4
    return study


@pytest.fixture(scope="module")
def report(
    study: StudyFolder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, StudyReport]:
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figures, "_draw", only_svg)
        return folder, report_study(study, folder)


def test_training_has_it(study: StudyFolder) -> None:
    for run in study.runs:
        path = study.layout.run(run.name)
        history = pd.read_csv(path / "history.csv")
        assert np.isfinite(history["train_loss_family"]).all()
        assert history["train_accuracy_family"].between(0, 1).all()
        weights = history[[f"weight_{name}" for name in NAMES]].sum(axis=1)
        assert weights.to_numpy() == pytest.approx(5)  # GradNorm keeps the sum at their number
        assert (history["train_loss_cells"] > 0).all()
        assert np.isfinite(history["train_loss_cells"]).all()
        assert history["train_inner_dice"].between(0, 1).all()
        assert (history["weight_cells"].diff().dropna() != 0).all()
        network = load_model(path / "model").network
        prediction = network(torch.zeros(2, 3, 96, 96))
        assert prediction["family"].shape == (2, 2)
        assert prediction["cells"].shape == (2, 1 + len(PHASES), 96, 96)


def test_evaluation_has_it(study: StudyFolder) -> None:
    path = study.layout.run(study.runs[0].name)
    patches = pd.read_parquet(path / "predictions.parquet")
    assert patches[["p_family_nuclear", "p_family_other"]].sum(axis=1).to_numpy() == pytest.approx(
        1
    )
    assert set(patches["family"]) == {"nuclear"}  # homogeneous and nucleolar are
    scores = read_json(path / "metrics.json")["patch"]["family"]
    right = patches["p_family_nuclear"] >= patches["p_family_other"]
    assert scores["n"] == len(patches)
    assert scores["accuracy"] == pytest.approx(right.mean())
    assert scores["classes"] == ["nuclear", "other"]
    cells = read_json(path / "metrics.json")["patch"]["cells"]
    counts = patches[[f"inner_{name}" for name in COUNTS]]
    assert cells["n"] == counts.any(axis=1).sum() > 0
    assert cells["inner_dice"] == pytest.approx(MaskCounts(*counts.sum()).dice)


def test_the_report_has_it(report: tuple[Path, StudyReport], study: StudyFolder) -> None:
    tables = {table.name: table for table in report[1].tables}
    assert "family" in tables["means"].columns
    assert tables["family-by-patch"].columns[2:] == ("accuracy", "mean class accuracy", "macro F1")
    assert "family accuracy" in tables["comparisons-by-patch"].columns
    assert "cells" in tables["means"].columns
    assert tables["cells-by-patch"].columns[2:] == (
        "Dice of inner parts",
        "Dice of dividing cells",
    )
    assert "family, by specimen" in tables["calibration"].columns
    assert "family, lowest" in tables["weights"].columns
    assert {"confusion-family-by-patch", "calibration-family"} <= {
        f.name for f in report[1].figures
    }
    results = read_results(study)
    (family,) = [m for m in results.accuracies if m.task == "family"]
    for row, training in zip(tables["means"].rows, results.trainings, strict=True):
        of_folds = [family.of(run.patches, results.vocabulary) for run in training.folds.values()]
        assert row[tables["means"].columns.index("family")] == pytest.approx(np.mean(of_folds))


def test_a_preset_names_only_known_tasks() -> None:
    with refused(
        "tasks",
        found="'famly'",
        expected="one of mask, pattern, intensity, cells, mixture, family (did you mean 'family'?)",
    ):
        tasks_named(["mask", "famly"])
    assert tasks_named(NAMES) == (*TASKS, FAMILY, CELLS)


def test_two_tasks_of_one_name_are_refused() -> None:
    register(FAMILY)  # itself again is no second one
    with refused("task", found="a second one named 'family'", expected="a name of its own"):
        register(FamilyTask())


@pytest.mark.parametrize(
    "tasks", [["pattern", "mask"], ["mask", "mask"], []], ids=["order", "twice", "none"]
)
def test_the_mask_comes_first_and_each_once(tasks: list[str]) -> None:
    with pytest.raises(InputError, match="mask first, and each task once"):
        load_preset("tiny", {"tasks": tasks})


def test_fixed_weights_are_one_a_task() -> None:
    changes = {"tasks": NAMES, "balancing.balancer": "fixed"}
    with pytest.raises(InputError, match="3 weights; expected 5"):
        load_preset("tiny", changes | {"balancing.weights": [1, 2, 3]})
    assert load_preset("tiny", changes).balancing.weights == ()
    preset = load_preset("tiny", changes | {"balancing.weights": [1, 2, 3, 4, 5]})
    assert preset.balancing.weights == (1, 2, 3, 4, 5)
