"""Across the folds of a study every patient is read by a network that has not seen them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.models import Model, ModelCard, build_network, read_card, save_model
from anascope.studies import StudyFolder, calibrate_study
from anascope.words import PatternSpace, Vocabulary
from tests.pretended import made_up_study, pretend_all

WORDS = Vocabulary(PatternSpace(("homogeneous", "nucleolar")))
PEOPLE = 12


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Two trainings on three folds, all done, with networks that were not trained."""
    grid: dict[str, Any] = {"settings": [{"training.epochs": 2}]}
    study = made_up_study(tmp_path, people=PEOPLE, shape=(150, 200), **grid)
    pretend_all(study)
    for run in study.runs:
        card = ModelCard(
            preset=run.preset,
            patterns=WORDS.patterns.classes,
            intensities=WORDS.intensities.levels,
        )
        model = Model(build_network(run.preset, WORDS), card)
        save_model(study.layout.run(run.name) / "model", model)
    return study


def cards(study: StudyFolder) -> dict[str, ModelCard]:
    return {run.name: read_card(study.layout.run(run.name) / "model") for run in study.runs}


def test_all_test_patients_calibrate_all_models_of_a_training(study: StudyFolder) -> None:
    judged = calibrate_study(study, accelerator="cpu")
    assert list(judged) == [training.label for training in study.study.trainings()]
    after = cards(study)
    for run in study.runs:
        judgement = judged[run.training.label]
        assert after[run.name].judgement == judgement
        assert judgement.specimens == PEOPLE
        assert judgement.measured_on == (
            f"{PEOPLE} specimens, one a patient: the test patients of "
            f"{len({run.fold for run in study.runs})} folds, each by a network that was not "
            "trained on them"
        )


def test_a_training_with_a_fold_missing_is_left_as_it_is(study: StudyFolder) -> None:
    first = study.runs[0]
    study.layout.failure(first.name).unlink(missing_ok=True)
    (study.layout.run(first.name) / "metrics.json").unlink()  # so it is not done
    before = cards(study)
    judged = calibrate_study(study, accelerator="cpu")
    assert first.training.label not in judged
    assert len(judged) == len(study.study.trainings()) - 1
    after = cards(study)
    for run in study.runs:
        if run.training == first.training:
            assert after[run.name] == before[run.name]


def test_the_command_says_on_whom(study: StudyFolder) -> None:
    run = CliRunner().invoke(
        app, ["study", "calibrate", str(study.path), "--accelerator", "cpu", "--json"]
    )
    assert run.exit_code == 0, run.output
    judged = json.loads(run.stdout)
    assert [found["specimens"] for found in judged.values()] == [PEOPLE] * len(judged)


def test_a_cohort_of_ones_own_calibrates_by_command(study: StudyFolder, tmp_path: Path) -> None:
    model = study.layout.run(study.runs[0].name) / "model"
    words = ["calibrate", str(model), str(study.cohort_path), "-o", str(tmp_path / "new")]
    run = CliRunner().invoke(app, [*words, "--accelerator", "cpu"], env={"COLUMNS": "200"})
    assert run.exit_code == 0, run.output
    assert f"{tmp_path / 'new'}: calibrated on {PEOPLE} specimens, one a patient" in run.stdout
    assert read_card(tmp_path / "new").judgement.calibrated
    assert not read_card(model).judgement.calibrated
