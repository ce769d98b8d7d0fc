"""Presets are strict, complete and survive a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.presets import load_preset, preset_names, preset_to_yaml
from tests.refusals import refused


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
        ({"training.learned": "head"}, "training.learned: 'head'; expected 'all' or 'heads'"),
        ({"training.learned": "heads"}, "'heads' without network.start; expected a model"),
        (
            {"training.learned": "heads", "network.start": "model"},
            "with balancing.balancer 'gradnorm-stable', .*; expected one of fixed, uncertainty",
        ),
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
    with refused(tmp_path / "no.yaml", "no such file", "a YAML file"):
        load_preset(str(tmp_path / "no.yaml"))


def test_a_file_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.symlink_to("/dev/zero")
    with refused(path, "a pipe, socket or device", "a YAML file"):
        load_preset(str(path))
    path.unlink()
    path.touch()
    os.truncate(path, 2 * 10**9)
    with refused(path, "2,000,000,000 bytes", "at most 1,000,000"):
        load_preset(str(path))


def test_a_file_nested_too_deep_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("description: " + "[" * 10_000 + "]" * 10_000)
    with refused(path, "not YAML (...)", "a preset"):
        load_preset(str(path))


def test_a_few_lines_that_stand_for_a_huge_value_are_refused(tmp_path: Path) -> None:
    """Spelled out, the value of the last line has 10¹² words."""
    path = tmp_path / "mine.yaml"
    lines = [
        "a0: &a0 [x]",
        *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 13)),
    ]
    path.write_text("\n".join(["description: made", *lines]))
    with pytest.raises(InputError, match="letters and values"):
        load_preset(str(path))
    path.write_text("\n".join([*lines, "description: *a12"]))
    with pytest.raises(InputError):
        load_preset(str(path))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.epochs", ".inf"),
        ("training.learning_rate", ".inf"),
        ("training.learning_rate", ".nan"),
        ("training.seed", str(2**32)),
        ("image.pixel_size_um", "5"),
        ("network.width", "100000"),
        ("network.hidden", "100000"),
    ],
)
def test_numbers_that_no_training_can_have_are_refused(key: str, value: str) -> None:
    with refused(f"preset tiny, {key}", "...", "..."):
        load_preset("tiny", {"image.scale": 1, key: value})


def test_patches_of_no_pixels_are_refused() -> None:
    found = "patch_size 16 at scale 0.25"
    with refused("preset tiny, image", found, "patches of at least 16 pixels for the network"):
        load_preset("tiny", {"image.patch_size": 16})


def test_places_are_learned_only_where_a_head_tells_them() -> None:
    assert load_preset("s", {"loss.pattern": "places"}).loss.pattern == "places"
    with pytest.raises(InputError, match="'places' with head 'pooled'; expected dense"):
        load_preset("small", {"loss.pattern": "places"})
