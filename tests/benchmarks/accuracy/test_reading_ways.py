"""A network that reads a field in other ways, on fields that are easily told apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from anascope.cohorts import Cohort
from anascope.models import Model, ModelCard, build_network
from anascope.presets import load_preset
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from benchmarks.accuracy.reading_ways import (
    AS_IT_IS,
    logits_of,
    measured,
    one_a_specimen,
    signal_of,
    with_statistics_of,
)
from tests.small_cohort import PATTERNS, record, write_cohort


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    path = tmp_path_factory.mktemp("cohorts") / "cohort"
    records = [
        record(f"{patient}-{number}", patient=str(patient), pattern=PATTERNS[patient % 2])
        for patient in range(4)
        for number in range(2)
    ]
    return write_cohort(path, records)


@pytest.fixture(scope="module")
def model() -> Model:
    keys = {"network.head": "dense", "network.width": 4, "network.hidden": 8}
    preset = load_preset("tiny", keys)
    network = build_network(preset, Vocabulary(PatternSpace(PATTERNS)))
    torch.manual_seed(5)
    network.train()
    with torch.no_grad():
        network(torch.randn(4, 3, 96, 96))  # so that batch norms have seen something
    card = ModelCard(preset=preset, patterns=PATTERNS, intensities=IntensityScale().levels)
    return Model(network.eval(), card)


def first_norm_of(network: nn.Module) -> nn.BatchNorm2d:
    return next(module for module in network.modules() if isinstance(module, nn.BatchNorm2d))


def test_statistics_are_the_mean_over_the_fields(model: Model, cohort: Cohort) -> None:
    """The first batch normalisation sees what no other one has changed."""
    seen: list[Tensor] = []
    network, card = model.network, model.card
    norm = first_norm_of(network)
    hook = norm.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    signals = [signal_of(cohort, each, card) for each in cohort.fields[:3]]
    for signal in signals:
        logits_of(network, card, [signal])
    hook.remove()
    changed = with_statistics_of(network, card, iter(signals))
    means = torch.stack([each.mean((0, 2, 3)) for each in seen])
    variances = torch.stack([each.var((0, 2, 3)) for each in seen])
    torch.testing.assert_close(first_norm_of(changed).running_mean, means.mean(0))
    torch.testing.assert_close(first_norm_of(changed).running_var, variances.mean(0))


def test_the_network_stays_and_a_share_of_zero_changes_nothing(
    model: Model, cohort: Cohort
) -> None:
    network, card = model.network, model.card
    signals = [signal_of(cohort, each, card) for each in cohort.fields]
    before = logits_of(network, card, signals[:1])
    other = with_statistics_of(network, card, iter(signals))
    same = with_statistics_of(network, card, iter(signals), share=0)
    np.testing.assert_array_equal(logits_of(network, card, signals[:1]), before)
    np.testing.assert_allclose(logits_of(same, card, signals[:1]), before, rtol=1e-5, atol=1e-6)
    assert np.abs(logits_of(other, card, signals[:1]) - before).max() > 1e-3


def test_logits_are_the_mean_over_signals(model: Model, cohort: Cohort) -> None:
    signals = [signal_of(cohort, cohort.fields[0], model.card, by) for by in (0.8, 1.25)]
    assert signals[0][0].shape[-1] < signals[1][0].shape[-1]
    each = [logits_of(model.network, model.card, [signal]) for signal in signals]
    both = logits_of(model.network, model.card, signals)
    np.testing.assert_allclose(both, np.mean(each, axis=0), rtol=1e-6)


def test_every_way_reads_one_field_of_each_specimen(model: Model, cohort: Cohort) -> None:
    records = one_a_specimen(cohort)
    assert [each.field for each in records] == ["0-0", "1-0", "2-0", "3-0"]
    found = measured(model, cohort, records)
    assert len(found) == 6
    for way in found.values():
        assert 0 <= way["right"] <= 4
        assert way["gain_over_as_it_is"]["mean"] == (way["right"] - found[AS_IT_IS]["right"]) / 4
