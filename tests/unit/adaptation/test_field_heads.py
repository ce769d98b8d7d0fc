"""A model with a field head learns from ten specimens on, in seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from anascope.adaptation import AdaptationSettings, adapt_model
from anascope.adaptation._field_heads import FieldHeads
from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.models import (
    ONNX,
    Learned,
    Model,
    ModelCard,
    build_network,
    load_model,
    read_card,
    save_model,
)
from anascope.presets import change_preset
from anascope.training import tune_field_head
from anascope.training.calibration import FIELD_INPUTS, HeldOut
from tests.unit.adaptation.small_model import PRESET, WORDS

TWO_PARTS = AdaptationSettings(folds=2)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that nobody has trained, with a field head."""
    preset = change_preset(
        PRESET,
        {
            "tasks": ["mask", "pattern", "intensity", "cells", "mixture"],
            "network.head": "dense",
            "network.field_hidden": 6,
        },
    )
    card = ModelCard(
        preset=preset,
        patterns=WORDS.patterns.classes,
        intensities=WORDS.intensities.levels,
        learned=Learned(cells=True, mixture=True),
    )
    folder = tmp_path_factory.mktemp("model") / "model"
    folder.mkdir()
    save_model(folder, Model(build_network(preset, WORDS), card))
    return folder


def test_each_specimen_is_answered_by_a_head_that_has_not_seen_it(
    model: Path, cohort: Cohort, tmp_path: Path
) -> None:
    fields = HeldOut(model, cohort, cohort.fields).fields("cpu")
    messages: list[str] = []
    heads = FieldHeads(model, cohort, fields, tmp_path / "w", TWO_PARTS, tell=messages.append)
    rows = heads.rows().set_index("patient")
    assert messages == ["2 field heads: learning"]
    assert set(rows.index) == set(fields["patient"])
    loaded = load_model(model)
    space, head = loaded.card.pattern_space, loaded.network.field_head
    assert head is not None
    fold = next(iter(draw_folds(cohort, count=2).folds.values()))
    others = fields[~fields["patient"].isin(fold.test)]
    allowed = np.array([space.allowed(label) for label in others["pattern"]])
    tuned = tune_field_head(head, np.stack(others[FIELD_INPUTS].to_list()), allowed)
    for patient in fold.test:
        own = fields[fields["patient"] == patient]
        with torch.no_grad():
            expected = tuned(torch.from_numpy(np.stack(own[FIELD_INPUTS].to_list()))).mean(dim=0)
        columns = [*(f"logit_{name}" for name in loaded.card.patterns), "logit_mixed"]
        found = rows.loc[patient, columns].to_numpy(np.float64)
        assert_allclose(found, expected.numpy(), rtol=1e-5, atol=1e-5)


def test_its_answers_are_what_the_model_that_is_written_says(
    model: Path, cohort: Cohort, tmp_path: Path
) -> None:
    fields = HeldOut(model, cohort, cohort.fields).fields("cpu")
    heads = FieldHeads(model, cohort, fields, tmp_path / "w", TWO_PARTS, tell=lambda _: None)
    final = heads.final()
    card = read_card(final)
    assert set(card.data["trained_on"]) == set(fields["patient"])
    before, after = (load_model(folder).network.state_dict() for folder in (model, final))
    moved = [name for name, values in after.items() if not torch.equal(values, before[name])]
    assert set(moved) == {"field_head.out.weight", "field_head.out.bias"}
    heads.remove()
    assert not (tmp_path / "w").exists()


def test_ten_specimens_are_enough_and_the_better_model_is_kept(
    model: Path, cohort: Cohort, tmp_path: Path
) -> None:
    adapted = adapt_model(model, cohort, tmp_path / "new", settings=TWO_PARTS, accelerator="cpu")
    assert set(adapted.figures) == {"before", "calibrated", "fine_tuned"}
    assert any("Only the field head has learned" in note for note in adapted.notes)
    assert not (tmp_path / "new.training").exists()
    card = read_card(tmp_path / "new")
    assert ONNX in card.files
    assert card.preset.network.field_hidden == 6
    if adapted.kept == "fine_tuned":
        assert len(card.data["trained_on"]) == 12
    few = Cohort(cohort.path, cohort.info, cohort.fields[:10])
    other = AdaptationSettings(folds=2, tunes_from=11)
    alone = adapt_model(
        model, few, tmp_path / "few", settings=other, accelerator="cpu", export=False
    )
    assert ONNX not in read_card(tmp_path / "few").files
    assert set(alone.figures) == {"before", "calibrated"}
    assert "that takes 11 patients" in alone.sentence
