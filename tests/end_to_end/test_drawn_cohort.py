"""From drawn specimens to figures on held-out patients, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.models import load_model

PATTERNS = "homogeneous,speckled,nucleolar,centromere"


def call(*arguments: object) -> Any:
    done = CliRunner().invoke(app, [*(str(a) for a in arguments), "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw, import, divide, train and evaluate once; the tests look at what came out."""
    path = tmp_path_factory.mktemp("main-job")
    files, cohort, folds, run = (path / n for n in ("files", "cohort", "folds.json", "run"))
    drawn = ["--patients=24", "--fields=1", "--shape=520x694", "--seed=3", "--layout=i3a-task2"]
    call("cohort", "synthesize", files, f"--patterns={PATTERNS}", *drawn)
    call("cohort", "import", files, cohort, "--format", "i3a-task2")
    call("folds", "draw", cohort, "--out", folds)
    options = ["--preset=tiny", "--set=image.scale=0.5", "--set=image.patch_size=192"]
    options += ["--fold=A", "--epochs=3", "--accelerator=cpu"]
    call("train", cohort, *options, "--folds", folds, "--out", run)
    call("evaluate", run, "--accelerator=cpu")
    return path


@pytest.fixture(scope="module")
def metrics(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run" / "metrics.json").read_text())
    return found


@pytest.mark.timeout(240)
def test_cells_are_found(metrics: dict[str, Any]) -> None:
    """Drawn nuclei are easy; a network that learned nothing would be near 0.3."""
    assert metrics["field"]["mask"]["dice"] > 0.8


def test_brightness_is_graded_better_than_by_chance(metrics: dict[str, Any]) -> None:
    assert metrics["patch"]["intensity"]["auroc"] > 0.7


def test_every_level_is_scored(metrics: dict[str, Any]) -> None:
    assert metrics["fields"] == metrics["patients"] == metrics["specimens"]
    for level in ("patch", "field", "specimen"):
        confusion = metrics[level]["pattern"]["confusion"]
        assert sum(map(sum, confusion)) == metrics[level]["pattern"]["n"] > 0


def test_test_patients_are_strangers_to_the_model(folder: Path, metrics: dict[str, Any]) -> None:
    card = load_model(folder / "run" / "model").card
    seen = {*card.data["trained_on"], *card.data["chosen_on"]}
    fold = json.loads((folder / "folds.json").read_text())["folds"]["A"]
    assert not seen & set(fold["test"])
    assert metrics["patients"] == len(fold["test"])


def test_pictures_are_there(folder: Path) -> None:
    for name in ("curves.png", "cells.png"):
        with Image.open(folder / "run" / name) as picture:
            assert min(picture.size) > 300
