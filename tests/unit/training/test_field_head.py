"""Teaching a network its field head."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from anascope.cohorts import Cohort, DrawnSource, import_cohort
from anascope.errors import InputError
from anascope.models import Learned, Model, ModelCard, build_network, load_model, save_model
from anascope.networks import FieldHead
from anascope.presets import Preset, load_preset
from anascope.synthetic import I3A, Drawing, Population
from anascope.training import (
    FieldHeadSettings,
    LabelledFields,
    fit_field_head,
    tune_field_head,
)
from anascope.training.evaluation import read_whole_fields
from anascope.words import IntensityScale, PatternSpace, Vocabulary

CLASSES = ("homogeneous", "centromere", "golgi")
SETTINGS = FieldHeadSettings(hidden=8, members=2, share=0.5, epochs=300)


def written(folder: Path, **network: object) -> Path:
    """Write a model with random weights."""
    keys = {"width": 4, "hidden": 8, "head": "dense", **network}
    changes = {f"network.{key}": value for key, value in keys.items()}
    tasks = ["mask", "pattern", "intensity", "cells", "mixture"]
    preset = load_preset("tiny", changes | {"tasks": tasks, "image.scale": 0.5})
    return saved(folder, preset)


def saved(folder: Path, preset: Preset) -> Path:
    card = ModelCard(
        preset=preset,
        patterns=CLASSES,
        intensities=IntensityScale().levels,
        learned=Learned(cells=True, mixture=True),
    )
    folder.mkdir()
    save_model(folder, Model(build_network(preset, Vocabulary(PatternSpace(CLASSES))), card))
    return folder


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Return three sera of each of three patterns, and three of two of them."""
    labels = [*CLASSES, "homogeneous+golgi"]
    population = Population.even(labels, ["positive"], patients=12)
    drawing = Drawing(population, replace(I3A, shape=(150, 200)), seed=2)
    path = tmp_path_factory.mktemp("drawn") / "cohort"
    return import_cohort(DrawnSource(drawing), path, source_format="synthetic")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="module")
def fitted(model: Path, cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fitted") / "model"
    messages: list[str] = []
    fields = [LabelledFields(cohort, cohort.fields)]
    fit_field_head(
        model, fields, out, settings=SETTINGS, data={"why": "a test"}, tell=messages.append
    )
    assert messages == [f"{cohort.info.name}: reading 12 fields"]
    return out


def test_it_learns_the_fields_that_it_was_taught(fitted: Path, cohort: Cohort) -> None:
    read = list(read_whole_fields(fitted, cohort, cohort.fields))
    single = [(r, o) for r, o, _ in read if len(r.patterns) == 1]
    right = [CLASSES[int(o.pattern.argmax())] == r.serum for r, o in single]
    assert np.mean(right) > 0.8  # a random network's mean over places names one of three
    mixed: dict[bool, list[float]] = {True: [], False: []}
    for record, output, _ in read:
        assert output.mixture is not None
        mixed[len(record.patterns) == 2].append(float(output.mixture[0]))
    assert np.mean(mixed[True]) > np.mean(mixed[False])


def test_the_rest_of_the_network_stays(model: Path, fitted: Path) -> None:
    before, after = load_model(model), load_model(fitted)
    assert after.card.preset.network.field_hidden == 16  # two members side by side
    assert after.card.data["why"] == "a test"
    assert after.network.field_head is not None
    assert float(after.network.field_head.share) == 0.5
    state = after.network.state_dict()
    for name, values in before.network.state_dict().items():
        assert_close(state[name], values, rtol=0, atol=0)


def test_the_same_seed_gives_the_same_head(model: Path, cohort: Cohort, tmp_path: Path) -> None:
    quick = SETTINGS.model_copy(update={"epochs": 2})
    heads: list[torch.Tensor] = []
    changed: dict[str, dict[str, int]] = {"a": {}, "b": {}, "c": {"seed": 1}}
    for name, changes in changed.items():
        torch.manual_seed(len(heads))  # what was drawn before does not matter
        out = tmp_path / name
        fields = [LabelledFields(cohort, cohort.fields, even=True)]
        fit_field_head(model, fields, out, settings=quick.model_copy(update=changes))
        head = load_model(out).network.field_head
        assert head is not None
        heads.append(head.hidden.weight)
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_a_head_that_is_there_is_replaced_and_a_training_begins_without_it(
    fitted: Path, cohort: Cohort, tmp_path: Path
) -> None:
    fields = [LabelledFields(cohort, cohort.fields[:4])]
    quick = SETTINGS.model_copy(update={"epochs": 1, "members": 1})
    fit_field_head(fitted, fields, tmp_path / "again", settings=quick)
    card = load_model(tmp_path / "again").card
    assert card.preset.network.field_hidden == 8
    network = card.preset.network.model_copy(update={"field_hidden": 0, "start": str(fitted)})
    preset = card.preset.model_copy(update={"network": network})
    begun = build_network(preset, card.vocabulary)
    assert begun.field_head is None
    state = load_model(fitted).network.state_dict()
    for name, values in begun.state_dict().items():
        assert_close(state[name], values)


def test_what_cannot_be_taught_is_refused(model: Path, cohort: Cohort, tmp_path: Path) -> None:
    pooled = written(tmp_path / "pooled", head="pooled")
    with pytest.raises(InputError, match=r"cannot have a field head; expected .* head dense"):
        fit_field_head(pooled, [LabelledFields(cohort, cohort.fields)], tmp_path / "out")
    unlabelled = [replace(record, pattern=None) for record in cohort.fields[:2]]
    with pytest.raises(InputError, match="no field with a pattern"):
        fit_field_head(model, [LabelledFields(cohort, unlabelled)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", [{"network.head": "pooled"}, {"tasks": ["mask", "pattern"]}])
def test_a_preset_with_a_field_head_needs_places_phases_and_mixtures(
    change: dict[str, object],
) -> None:
    tasks = ["mask", "pattern", "intensity", "cells", "mixture"]
    keys: dict[str, object] = {"network.head": "dense", "tasks": tasks, "network.field_hidden": 4}
    assert load_preset("tiny", keys).network.field_hidden == 4
    with pytest.raises(InputError, match="expected head dense, and pattern, mixture and cells"):
        load_preset("tiny", keys | change)


def test_a_few_fields_move_the_last_layer_a_little() -> None:
    torch.manual_seed(1)
    head = FieldHead(channels=4, classes=3, hidden=32).eval()
    head.share.fill_(0.5)
    rng = np.random.default_rng(2)
    inputs = rng.random((12, head.takes), np.float32)
    inputs[:, 4:6] = [9, 1]  # places of interphase cells, and of dividing ones
    label = np.arange(12) % 2
    inputs[:, 6:10] += 60 * label[:, np.newaxis]  # what tells the two labels apart
    allowed = np.eye(3, dtype=bool)[label]
    before = {name: values.clone() for name, values in head.state_dict().items()}
    tuned = tune_field_head(head, inputs, allowed)
    for name, values in tuned.state_dict().items():
        assert torch.equal(head.state_dict()[name], before[name])  # it stays as it is
        assert torch.equal(values, before[name]) == (not name.startswith("out."))

    def right(of: FieldHead) -> float:
        with torch.no_grad():
            logits = of(torch.from_numpy(inputs)).numpy()
        return float((logits[:, :3].argmax(axis=1) == label).mean())

    assert right(head) < 0.8
    assert right(tuned) > 0.9
    assert float((tuned.out.weight - head.out.weight).abs().max()) < 0.3
    assert_close(tuned.out.weight[3], head.out.weight[3])  # whether a serum is mixed
