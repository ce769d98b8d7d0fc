"""The mean of the weights of two networks."""

from __future__ import annotations

from pathlib import Path

import pytest
from torch.testing import assert_close

from anascope.models import Model, ModelCard, build_network, load_model, read_card, save_model
from anascope.presets import load_preset
from anascope.recipe._mean import mean_model
from anascope.words import PatternSpace, Vocabulary
from tests.refusals import refused

SPACE = PatternSpace(("homogeneous", "centromere"))


def made(width: int = 4) -> Model:
    preset = load_preset("tiny", {"network.width": width, "network.hidden": 8})
    levels = ("intermediate", "positive")
    card = ModelCard(preset=preset, patterns=SPACE.classes, intensities=levels)
    return Model(build_network(preset, Vocabulary(SPACE)), card)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    folders = tmp_path / "before", tmp_path / "after"
    for folder, value in zip(folders, (1.0, 3.0), strict=True):
        model = made()
        for parameter in model.network.parameters():
            parameter.data.fill_(value)
        folder.mkdir()
        save_model(folder, model)
    return folders


def test_a_quarter_of_the_way_from_1_to_3_is_1_and_a_half(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    out = mean_model({two[0]: 0.75, two[1]: 0.25}, tmp_path / "models" / "mean")
    for parameter in load_model(out).network.parameters():
        assert_close(parameter, parameter.new_full(parameter.shape, 1.5))
    assert list(read_card(out).data["mean_of"].values()) == [0.75, 0.25]


def test_it_is_kept_and_never_taken_for_another_mean(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "mean"
    shares = {two[0]: 0.75, two[1]: 0.25}
    written = mean_model(shares, out).stat().st_mtime_ns
    assert mean_model(shares, out).stat().st_mtime_ns == written
    with refused(out, "the mean of ...", "...; take another work folder"):
        mean_model(dict.fromkeys(two, 0.5), out)


def test_a_network_of_another_shape_has_no_mean_with_it(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    wider = tmp_path / "wider"
    wider.mkdir()
    save_model(wider, made(width=8))
    with refused(wider, "another network", f"one like {two[0]}"):
        mean_model({two[0]: 0.5, wider: 0.5}, tmp_path / "mean")
