"""A model is two files that vouch for each other."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch

from anascope.errors import InputError
from anascope.models import WEIGHTS, Model, ModelCard, build_network, load_model, save_model
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary
from tests.vouched import vouch

SPACE = PatternSpace(("homogeneous", "centromere", "golgi"))
WORDS = Vocabulary(SPACE)
PRESET = load_preset("tiny", {"network.width": 4, "network.hidden": 8})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    card = ModelCard(
        preset=PRESET, patterns=SPACE.classes, intensities=("intermediate", "positive")
    )
    network = build_network(PRESET, WORDS)
    save_model(tmp_path / "model", Model(network, card))
    return tmp_path / "model"


def test_round_trip(folder: Path) -> None:
    torch.manual_seed(99)  # another state of the global generator must not matter
    model = load_model(folder)
    fresh = build_network(PRESET, WORDS).eval()
    image = torch.randn(1, 3, 64, 64)
    for one, other in zip(model.network(image).values(), fresh(image).values(), strict=True):
        assert torch.equal(one, other)
    assert model.card.pattern_space == SPACE
    assert "Research use only" in model.card.use
    assert not model.network.training


def test_seed_of_the_preset_decides_and_the_global_one_is_left_alone() -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    one = build_network(PRESET, WORDS)
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(2)
    other = build_network(PRESET, WORDS)
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected a folder with card\.json"):
        load_model(tmp_path)


def test_swapped_weights_are_noticed(folder: Path, tmp_path: Path) -> None:
    card = load_model(folder).card
    changed = PRESET.model_copy(update={"training": PRESET.training.model_copy(update={"seed": 1})})
    save_model(tmp_path / "other", Model(build_network(changed, WORDS), card))
    (tmp_path / "other" / "weights.safetensors").replace(folder / "weights.safetensors")
    with pytest.raises(InputError, match=r"another file than card\.json was written for"):
        load_model(folder)


def test_truncated_weights(folder: Path) -> None:
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="another file than"):
        load_model(folder)


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("code was run",))


def test_a_pickle_in_disguise_is_not_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vouch(folder, WEIGHTS, pickle.dumps(Evil()))
    with pytest.raises(InputError, match="not safetensors"):
        load_model(folder)
    assert "code was run" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "format 'other'; expected format 'anascope-model'"),
        ({"version": 2}, "version 2; expected version 1"),
        ({"surprise": 1}, "unknown key 'surprise'; expected one of format, version, preset"),
        ({"preset": {}}, "no key 'preset.description'; expected a value"),
    ],
)
def test_cards_of_another_kind_are_refused(
    folder: Path, change: dict[str, object], message: str
) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=rf"card\.json: {message}"):
        load_model(folder)


def test_card_that_describes_another_network(folder: Path) -> None:
    path = folder / "card.json"
    card = json.loads(path.read_text())
    card["patterns"] = ["homogeneous", "golgi"]
    path.write_text(json.dumps(card))
    with pytest.raises(InputError, match=r"card\.json, patterns: 2; expected 3, as .*safetensors"):
        load_model(folder)
