"""Where the heads alone learn, all else stays as it is to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.models import load_model, read_card
from anascope.presets import Preset, change_preset, load_preset
from anascope.training import Run, fit, new_run, read_history
from anascope.training._learner import Learner
from anascope.training._processes import Process
from anascope.workers import unwatched
from tests.small_cohort import patients, write_cohort

PRESET = load_preset(
    "tiny",
    {
        "image.patch_size": 64,
        "image.scale": 0.5,
        "network.width": 2,
        "network.hidden": 4,
        "training.epochs": 1,
        "training.batch_norm_batches": 2,
        "training.learning_rate": 0.05,
    },
)


def with_heads_alone(start: Path, **changes: object) -> Preset:
    """Return the preset of a training that goes on from a model with its heads alone."""
    alone = {
        "network.start": str(start),
        "training.learned": "heads",
        "balancing.balancer": "fixed",
    }
    return change_preset(PRESET, alone | changes)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(10), shape=(70, 70))


def trained(path: Path, preset: Preset, cohort: Cohort) -> Run:
    run = new_run(path, preset=preset, cohort=cohort, plan=draw_folds(cohort), fold="A")
    fit(run, accelerator="cpu")
    return run


@pytest.fixture(scope="module")
def start(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("start") / "run", PRESET, cohort).model


@pytest.mark.parametrize("balancer", ["fixed", "uncertainty", "dwa"])
def test_heads_learn_and_nothing_else_changes(
    balancer: str, start: Path, cohort: Cohort, tmp_path: Path
) -> None:
    preset = with_heads_alone(start, **{"balancing.balancer": balancer})
    run = trained(tmp_path / "run", preset, cohort)
    before, after = (load_model(each).network.state_dict() for each in (start, run.model))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name.partition(".")[0] for name in changed} == {"pattern_head", "intensity_head"}
    row = read_history(run.history).iloc[0]
    assert row[["train_loss_mask", "validation_loss_mask"]].notna().all()


def test_the_whole_network_learns_unless_it_is_said(
    start: Path, cohort: Cohort, tmp_path: Path
) -> None:
    preset = change_preset(PRESET, {"network.start": str(start)})
    run = trained(tmp_path / "run", preset, cohort)
    before, after = (load_model(each).network.state_dict() for each in (start, run.model))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {"encoder", "decoder"} <= {name.partition(".")[0] for name in changed}


def test_no_step_reaches_what_stays(start: Path, cohort: Cohort, tmp_path: Path) -> None:
    """The encoder has no gradient to be computed: that is what makes such a training quick."""
    plan, preset = draw_folds(cohort), with_heads_alone(start)
    run = new_run(tmp_path / "run", preset=preset, cohort=cohort, plan=plan, fold="A")
    learner = Learner(run, torch.device("cpu"), Process(), unwatched)
    learner.parts.begin_training()
    features = learner.network.encode(torch.zeros(2, 3, 32, 32))
    assert not any(feature.requires_grad for feature in features)
    assert not any(module.training for module in learner.network.encoder.modules())
    assert all(head.training for head in learner.network.heads.values())
    assert learner.parts.taught(["mask", "pattern", "intensity"], [True, True, False]) == [
        False,
        True,
        False,
    ]


def test_a_mask_that_did_not_learn_is_not_said_to_have(
    cohort: Cohort, tmp_path: Path, start: Path
) -> None:
    card = read_card(start)
    assert card.learned is not None
    blind = card.model_copy(update={"learned": card.learned.model_copy(update={"mask": False})})
    folder = tmp_path / "blind"
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes((start / "weights.safetensors").read_bytes())
    (folder / "card.json").write_text(blind.model_dump_json())
    run = trained(tmp_path / "run", with_heads_alone(folder), cohort)
    assert not read_card(run.model).heads.mask
    assert read_card(run.model).heads.pattern
