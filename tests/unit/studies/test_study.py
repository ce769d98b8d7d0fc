"""A study file is strict, and gives the grid that it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.studies import Study, Training, load_study, study_names, study_to_yaml, value_label

PAPER = (
    "Dice, 30 epochs, α 0.6",
    "BCE, 30 epochs, α 0.6",
    "Dice, 15 epochs, α 0.6",
    "BCE, 15 epochs, α 0.6",
    "Dice, 15 epochs, α 0.06",
    "BCE, 15 epochs, α 0.06",
    "Dice, 15 epochs, α 6",
    "BCE, 15 epochs, α 6",
)


def labels(study: Study) -> tuple[str, ...]:
    return tuple(training.label for training in study.trainings())


def test_the_published_study_has_its_eight_trainings() -> None:
    study = load_study("paper")
    assert labels(study) == PAPER
    assert study.preset == "paper"
    assert (study.folds.count, study.folds.seed, study.folds.only) == (5, 12357, None)
    assert study.varied() == {
        "loss.mask": ("dice", "bce"),
        "training.epochs": (30, 15),
        "balancing.alpha": (0.6, 0.06, 6.0),
    }


@pytest.mark.parametrize("name", study_names())
def test_yaml_round_trip(name: str, tmp_path: Path) -> None:
    study = load_study(name)
    path = tmp_path / "study.yaml"
    path.write_text(study_to_yaml(study))
    assert load_study(str(path)) == study


def test_preset_and_common_changes_from_outside() -> None:
    study = load_study("paper", preset="tiny", changes={"network.width": "4"})
    assert study.preset == "tiny"
    assert study.changes == {
        "training.select": "last",
        "balancing.balancer": "gradnorm",
        "network.width": 4,
    }


def test_factors_are_crossed_and_settings_are_not() -> None:
    study = Study(
        description="",
        factors={"training.seed": (1, 2), "network.encoder": ("plain", "residual")},
        settings=({"balancing.alpha": 0.6}, {"balancing.alpha": 6.0}),
    )
    assert len(study.trainings()) == 8
    assert labels(study)[0] == "seed 1, encoder plain, α 0.6"
    assert labels(study)[-1] == "seed 2, encoder residual, α 6"


def test_lists_can_be_values() -> None:
    study = Study(description="", factors={"image.views": (["raw"], ["log", "field"])})
    assert labels(study) == ("views raw", "views log field")
    assert [each.slug for each in study.trainings()] == ["views-raw", "views-log-field"]
    assert labels(study.restricted({"image.views": [["raw"]]})) == ("views raw",)


def test_without_factors_there_is_one_training() -> None:
    assert labels(Study(description="")) == ("as the preset",)
    assert Study(description="").trainings()[0].slug == "preset"


def test_slugs_are_file_names_and_differ() -> None:
    slugs = [training.slug for training in load_study("paper").trainings()]
    assert slugs[0] == "dice-epochs30-alpha0.6"
    assert len(set(slugs)) == 8
    assert Training({"network.imagenet_weights": "../a b/c"}).slug == "imagenet-weights-a-b-c"


def test_restricted() -> None:
    study = load_study("paper").restricted(
        {"training.epochs": [15], "balancing.alpha": [0.6, 6]}, ["A", "B"]
    )
    assert labels(study) == (*PAPER[2:4], *PAPER[6:8])
    assert study.folds.only == ("A", "B")
    assert labels(load_study("paper").restricted({"loss.mask": ["bce"]})) == PAPER[1::2]


@pytest.mark.parametrize(
    ("only", "message"),
    [
        ({"balancing.alpa": [6]}, "only: 'balancing.alpa'.*did you mean 'balancing.alpha'"),
        ({"balancing.alpha": [3]}, "only: 3 of balancing.alpha; expected one of 0.6, 0.06, 6.0"),
        ({"balancing.alpha": [6], "training.epochs": [30]}, "no training left"),
    ],
)
def test_restricted_to_nothing(only: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_study("paper").restricted(only)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("description: x\nfactor: {}", "unknown key 'factor'.*did you mean 'factors'"),
        ("description: x\nfolds: {cuont: 3}", "unknown key 'folds.cuont'.*did you mean 'count'"),
        ("preset: tiny", "no key 'description'"),
        ("description: x\nfactors: {a.b: []}", "factors.a.b"),
        ("description: x\nsettings: []", "settings"),
        ("description: x\nfolds: {count: 1}", "folds.count: 1"),
        ("description: x\nfactors: {a: [1, 1]}", "training 'a 1' twice; expected different ones"),
        (
            "description: x\nfactors: {a: [1]}\nsettings: [{a: 2}]",
            "'a' twice; expected it in one of changes",
        ),
        (
            "description: x\nchanges: {a: 1}\nfactors: {a: [2]}",
            "'a' twice; expected it in one of changes",
        ),
        ("description: x\nsettings: [{a: 1}, {b: 1}]", "different keys; expected the same"),
        ("[", "not YAML"),
    ],
)
def test_bad_files(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        load_study(str(path))
    assert "\n" not in str(caught.value)


def test_unknown_study_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'paper'"):
        load_study("papre")


def test_labels_of_any_factor() -> None:
    assert value_label("network.width", 16) == "width 16"
    assert value_label("balancing.balancer", "upgrad") == "UPGrad"
    assert value_label("image.views", ("log", "field")) == "views log field"
    assert value_label("training.learning_rate", 0.002) == "learning rate 0.002"
