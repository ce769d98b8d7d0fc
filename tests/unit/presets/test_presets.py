"""Presets are strict, complete and survive a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.presets import load_preset, preset_names, preset_to_yaml


def test_shipped_presets() -> None:
    assert set(preset_names()) == {"b", "paper", "s", "small", "tiny"}


@pytest.mark.parametrize("name", preset_names())
def test_yaml_round_trip(name: str, tmp_path: Path) -> None:
    preset = load_preset(name)
    path = tmp_path / "preset.yaml"
    path.write_text(preset_to_yaml(preset))
    assert load_preset(str(path)) == preset


def test_changes_by_dotted_key() -> None:
    preset = load_preset(
        "paper", {"training.epochs": "15", "balancing.alpha": 6, "loss.mask": "bce"}
    )
    assert (preset.training.epochs, preset.balancing.alpha, preset.loss.mask) == (15, 6.0, "bce")
    assert load_preset("paper").training.epochs == 30


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network.widht": 3}, "unknown key 'network.widht'.*did you mean 'width'"),
        ({"netwrok": {}}, "unknown key 'netwrok'.*did you mean 'network'"),
        ({"training.epochs": 0}, "training.epochs: 0; expected greater than or equal to 1"),
        ({"training.epochs": "many"}, "training.epochs: 'many'"),
        ({"image.views": "[raw, colour]"}, "image.views.1: 'colour'"),
        ({"balancing.balancer": "gradnrom"}, "balancing.balancer: 'gradnrom'; .*mean 'gradnorm'"),
        ({"balancing.balancer": "upgrade"}, "balancing.balancer: 'upgrade'; .*mean 'upgrad'"),
        ({"balancing.balancer": 3}, "balancing.balancer: 3; expected 'gradnorm'"),
        ({"balancing.temperature": 0}, "balancing.temperature: 0; expected greater than 0"),
        ({"balancing.jacobian": "heads"}, "balancing.jacobian: 'heads'; expected 'parameters'"),
        ({"threshold": 1}, "threshold: 1; expected less than 1"),
        ({"description.x": 1}, "'description' has no keys"),
        ({"training.epochs": "[1"}, "expected a YAML value"),
    ],
)
def test_bad_changes(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_preset("small", changes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "description: [", "training: {epochs: 3}"])
def test_bad_files(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"mine\.yaml"):
        load_preset(str(path))


def test_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'small'"):
        load_preset("smal")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; expected a YAML file"):
        load_preset(str(tmp_path / "no.yaml"))


def test_places_are_learned_only_where_a_head_tells_them() -> None:
    assert load_preset("s", {"loss.pattern": "places"}).loss.pattern == "places"
    with pytest.raises(InputError, match="'places' with head 'pooled'; expected dense"):
        load_preset("small", {"loss.pattern": "places"})
