"""Training on sera that show two patterns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.cohorts.folds import draw_folds
from anascope.models import read_card
from anascope.presets import load_preset
from anascope.synthetic import I3A, Drawing, Population
from anascope.tasks import tasks_named
from anascope.training import fit, new_run, read_history
from anascope.training.calibration import HeldOut
from anascope.training.inputs import ResidentFields
from anascope.words import PatternSpace, Vocabulary

PRESET = load_preset(
    "tiny",
    {
        "tasks": ["mask", "pattern", "intensity", "mixture"],
        "image.patch_size": 128,
        "image.scale": 0.5,
        "network.head": "dense",
        "loss.pattern": "places",
        "training.epochs": 8,
        "training.learning_rate": 0.01,
    },
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Return six sera of one pattern and six of two."""
    patterns = ["homogeneous", "golgi", "homogeneous+golgi", "golgi+homogeneous"]
    drawing = Drawing(
        Population.even(patterns, ["positive"], patients=12), replace(I3A, shape=(150, 200)), seed=2
    )
    path = tmp_path_factory.mktemp("drawn") / "cohort"
    return import_cohort(DrawnSource(drawing), path, source_format="synthetic")


@pytest.mark.slow
def test_the_loss_of_the_mixture_falls(cohort: Cohort, tmp_path: Path) -> None:
    """About 10 s on an idle core, with the drawing of the fields."""
    plan = draw_folds(cohort, count=3)
    run = new_run(tmp_path / "run", preset=PRESET, cohort=cohort, plan=plan, fold="A")
    fit(run, accelerator="cpu")
    losses = read_history(run.history)["train_loss_mixture"].tolist()
    assert min(losses[-2:]) < 0.8 * losses[0]
    assert read_card(run.model).heads.mixture
    rows = HeldOut(run.model, cohort, cohort.fields[:2]).rows("cpu")
    assert rows["logit_mixed"].notna().all()


@pytest.mark.slow
def test_sera_of_one_kind_do_not_teach_it(cohort: Cohort) -> None:
    """The time goes into drawing the fields."""
    vocabulary = Vocabulary(PatternSpace(("homogeneous", "golgi")))
    tasks = tasks_named(PRESET.tasks)
    single = [record for record in cohort.fields if record.only_pattern]
    for records, teaches in ((cohort.fields, True), (single, False)):
        fields = ResidentFields(
            cohort, records, image=PRESET.image, vocabulary=vocabulary, tasks=tasks
        )
        batch = fields.batch(range(4))
        assert batch.active == (True, True, True, teaches)
        kind = torch.uint8 if teaches else torch.bool
        assert batch.targets["pattern"].dtype == kind
