"""A run is given more epochs where they are those of a longer run, and refused elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import torch

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.errors import InputError
from anascope.models import read_card
from anascope.presets import Preset, load_preset
from anascope.training import Run, open_run, read_history, train_or_resume
from tests.small_cohort import patients, write_cohort

CHANGES = {
    "image.patch_size": 64,
    "image.scale": 1.0,
    "network.width": 4,
    "network.hidden": 8,
    "training.learning_rate": 0.005,
    "training.weight_average": 0.5,
    "training.schedule": "constant",
}


def preset(epochs: int, **training: object) -> Preset:
    changes = {f"training.{key}": value for key, value in training.items()}
    return load_preset("tiny", {**CHANGES, "training.epochs": epochs, **changes})


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return write_cohort(tmp_path_factory.mktemp("data") / "cohort", patients(10), shape=(70, 80))


def train(path: Path, cohort: Cohort, wanted: Preset, *, extend: bool = True) -> Run:
    return train_or_resume(
        path,
        preset=wanted,
        cohort=cohort,
        plan=draw_folds(cohort),
        fold="A",
        accelerator="cpu",
        command=["train", str(wanted.training.epochs)],
        extend=extend,
    )


@pytest.fixture(scope="module")
def short(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train(tmp_path_factory.mktemp("runs") / "short", cohort, preset(1))


def content(run: Run) -> dict[str, bytes]:
    return {
        str(path.relative_to(run.path)): path.read_bytes()
        for path in run.path.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.parametrize(("rate", "best"), [(0.005, 2), (0.05, 1)])
def test_an_extended_run_is_an_unbroken_one(
    cohort: Cohort, tmp_path: Path, rate: float, best: int
) -> None:
    """Its history, weights, card and checkpoint, bit by bit; whichever epoch's network is kept."""
    settings = {"learning_rate": rate, "select": "loss"}
    unbroken = train(tmp_path / "a" / "run", cohort, preset(2, **settings))
    begun = train(tmp_path / "b" / "run", cohort, preset(1, **settings))
    begun.metrics.write_text("{}")
    begun.of_split(begun.cells, "train").touch()
    extended = train(begun.path, cohort, preset(2, **settings))
    assert read_card(extended.model).metrics["epoch"] == best

    times = ["seconds", "patches_per_second"]
    ours, theirs = (read_history(r.history).drop(columns=times) for r in (extended, unbroken))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    one, other = content(extended), content(unbroken)
    for name in ("model/weights.safetensors", "model/card.json", "preset.yaml", "fold.json"):
        assert one[name] == other[name], name
    assert extended.preset == unbroken.preset
    states = [torch.load(run.checkpoints / "epoch-002.pt") for run in (extended, unbroken)]
    assert_same(states[0]["network"], states[1]["network"])
    assert_same(states[0]["average"], states[1]["average"])
    assert_same(states[0]["optimizer"]["state"], states[1]["optimizer"]["state"])
    # What was measured of the shorter run is gone; the curves are those of the longer.
    assert not {"metrics.json", "cells-train.png"} & set(one)
    assert one["curves.png"] == other["curves.png"]
    record = json.loads(one["run.json"])
    assert (record["command"], record["extended_by"]) == (["train", "1"], [["train", "2"]])


def assert_same(one: object, other: object) -> None:
    if isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        assert torch.equal(one, other)
    else:
        assert one == other


REFUSED = {
    "training.epochs 1; expected training.epochs 2: the settings with which it began, or more "
    "epochs": (preset(2), preset(1)),
    "training.epochs 2 with training.schedule cosine, whose learning rates all depend on the "
    "number of epochs; expected training.epochs 1: the settings with which it began, or a new "
    "run": (preset(1, schedule="cosine"), preset(2, schedule="cosine")),
    "training.epochs 2, training.seed 7; expected training.epochs 1, training.seed 12357: the "
    "settings with which it began": (preset(1), preset(2, seed=7)),
}


@pytest.mark.parametrize("message", REFUSED)
def test_a_refusal_names_the_key_and_loses_nothing(
    cohort: Cohort, tmp_path: Path, message: str
) -> None:
    begun, wanted = REFUSED[message]
    run = train(tmp_path / "run", cohort, begun)
    before = content(run)
    with pytest.raises(InputError) as refused:
        train(run.path, cohort, wanted)
    assert str(refused.value) == f"{run.path}: {message}"
    assert content(run) == before


def test_only_who_asks_for_it_extends_a_run(short: Run, cohort: Cohort) -> None:
    before = content(short)
    with pytest.raises(InputError, match=r"training\.epochs 2; expected training\.epochs 1"):
        train(short.path, cohort, preset(2), extend=False)
    assert content(short) == before


def test_a_run_of_a_study_is_what_its_name_says(short: Run, cohort: Cohort) -> None:
    short.progress.write_text("{}")
    try:
        with pytest.raises(InputError, match="for a run of a study; expected a study with such"):
            train(short.path, cohort, preset(2))
    finally:
        short.progress.unlink()
    assert open_run(short.path).preset == preset(1)


def test_without_its_checkpoint_a_run_is_not_begun_anew(cohort: Cohort, tmp_path: Path) -> None:
    run = train(tmp_path / "run", cohort, preset(1))
    for checkpoint in run.checkpoints.iterdir():
        checkpoint.unlink()
    before = content(run)
    with pytest.raises(InputError, match="no checkpoint to continue from"):
        train(run.path, cohort, preset(2))
    assert content(run) == before
    assert open_run(run.path).preset == preset(1)
