"""Every balancer that a preset can name is built, and trains."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
import torch

from anascope.balancing import (
    AGGREGATORS,
    Balancer,
    DynamicWeightAverage,
    FixedWeights,
    GradNorm,
    JacobianDescent,
    StableGradNorm,
    UncertaintyWeights,
)
from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.networks import JointUNet
from anascope.presets import BalancingPreset, load_preset
from anascope.training import fit, new_run, read_history
from anascope.training._balancer import build_balancer, end_epoch
from anascope.words import TASK_NAMES
from tests.small_cohort import patients, write_cohort

OURS: dict[str, type[Balancer]] = {
    "gradnorm": GradNorm,
    "gradnorm-stable": StableGradNorm,
    "fixed": FixedWeights,
    "uncertainty": UncertaintyWeights,
    "dwa": DynamicWeightAverage,
}
NAMES = get_args(BalancingPreset.model_fields["balancer"].annotation)
NEEDED = {"cagrad": ("torchjd", "clarabel"), "nash-mtl": ("torchjd", "ecos")}


def each_name() -> list[Any]:
    """Return the names, each skipped where something it needs is not installed."""
    marked = []
    for name in NAMES:
        needed = () if name in OURS else NEEDED.get(name, ("torchjd",))
        missing = [package for package in needed if find_spec(package) is None]
        marks = [
            pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not installed"),
            pytest.mark.filterwarnings("ignore:You are solving a parameterized problem"),  # cvxpy
        ]
        marked.append(pytest.param(name, marks=marks))
    return marked


def network() -> JointUNet:
    return JointUNet(encoder="plain", width=2, hidden=4, outputs={"pattern": 2, "intensity": 1})


def test_presets_name_ours_and_the_aggregators_that_are_not_fixed_weights() -> None:
    assert set(NAMES) == {*OURS, *AGGREGATORS} - {"mean", "sum"}


def test_reference_has_a_row_for_each() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "balancers.md"
    rows = re.findall(r"^\| `(.+?)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == ["fixed", *(n for n in NAMES if n != "fixed"), "parameters", "features"]


@pytest.mark.parametrize("name", each_name())
def test_built_as_the_preset_says(name: str) -> None:
    changes = {
        "balancing.balancer": name,
        "balancing.alpha": 3,
        "balancing.learning_rate": 0.25,
        "balancing.temperature": 5,
        "balancing.weights": [1, 2, 4],
    }
    balancer = build_balancer(load_preset("tiny", changes).balancing, TASK_NAMES, network())
    assert type(balancer) is OURS.get(name, JacobianDescent)
    assert getattr(balancer, "alpha", 3) == 3
    assert getattr(balancer, "learning_rate", 0.25) == 0.25
    assert getattr(balancer, "temperature", 5) == 5
    assert name != "fixed" or balancer.weights.tolist() == [1, 2, 4]


@pytest.mark.skipif(find_spec("torchjd") is None, reason="TorchJD is not installed")
def test_jacobian_at_the_features() -> None:
    preset = BalancingPreset(balancer="upgrad", jacobian="features")
    balancer = build_balancer(preset, TASK_NAMES, network())
    assert isinstance(balancer, JacobianDescent)
    assert balancer.at == "features"
    preset = BalancingPreset(balancer="graddrop", jacobian="features")
    with pytest.raises(InputError, match="graddrop; expected an aggregator with weights"):
        build_balancer(preset, TASK_NAMES, network())


def test_end_of_an_epoch_reaches_the_balancer_that_counts_them() -> None:
    balancer = DynamicWeightAverage(("one", "two"))
    for mean in ([1.0, 1.0], [0.5, 1.0]):
        balancer.sums.copy_(torch.tensor(mean))
        balancer.counts.fill_(1)
        end_epoch(balancer)
    assert balancer.weights[0] < balancer.weights[1]
    end_epoch(FixedWeights(("one",)))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    path = tmp_path_factory.mktemp("data") / "cohort"
    return write_cohort(path, patients(10), shape=(70, 70))


@pytest.mark.parametrize("name", each_name())
def test_it_trains(name: str, cohort: Cohort, tmp_path: Path) -> None:
    changes = {
        "balancing.balancer": name,
        "image.patch_size": 64,
        "image.scale": 0.5,
        "network.width": 2,
        "network.hidden": 4,
        "training.epochs": 1,
        "training.batch_size": 3,
        "training.learning_rate": 0.01,
    }
    preset = load_preset("tiny", changes)
    plan = draw_folds(cohort)
    run = new_run(tmp_path / "run", preset=preset, cohort=cohort, plan=plan, fold="A")
    fit(run, accelerator="cpu")
    rows = read_history(run.history)
    assert isinstance(rows, pd.DataFrame)
    assert rows.filter(regex="loss_|weight_").notna().all(axis=None)
    assert (run.model / "weights.safetensors").is_file()
