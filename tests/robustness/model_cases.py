"""Models that are not to be loaded."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save

from anascope.models import CARD, WEIGHTS
from tests.refusals import Refusal
from tests.robustness.case import Case
from tests.vouched import vouch

_FOLDER = "a folder with card.json and weights"
_CARD, _WEIGHTS = f"{{folder}}/model/{CARD}", f"{{folder}}/model/{WEIGHTS}"
_OTHER = "another file than card.json was written for (SHA-256 ...)"

Build = Callable[[Path], None]


def _case(name: str, build: Build, where: str, found: str, expected: str) -> Case:
    """Return a case of a model that is made from a good one in ``{folder}/model``."""
    return Case(name, build, Refusal(where, found, expected), model=True)


def _changed(name: str, how: Callable[[bytes], bytes]) -> Build:
    """Change what a file holds; the card vouches for what it was."""

    def build(folder: Path) -> None:
        path = folder / "model" / name
        path.write_bytes(how(path.read_bytes()))

    return build


def _other_weights(content: Callable[[bytes], bytes]) -> Build:
    """Write other weights, for which the card vouches."""

    def build(folder: Path) -> None:
        model = folder / "model"
        vouch(model, WEIGHTS, content((model / WEIGHTS).read_bytes()))

    return build


def _tensors(change: Callable[[dict[str, torch.Tensor]], Any]) -> Build:
    """Change the tensors by name, and let the card vouch for them."""

    def changed(content: bytes) -> bytes:
        state = load(content)
        change(state)
        return save(state)

    return _other_weights(changed)


def _card(key: str, value: str) -> Build:
    """Give a key of the card, dotted, the value that stands in JSON."""

    def build(folder: Path) -> None:
        path = folder / "model" / CARD
        card = json.loads(path.read_text(encoding="utf-8"))
        *above, last = key.split(".")
        inner = card
        for name in above:
            inner = inner[name]
        inner[last] = "VALUE"
        path.write_text(json.dumps(card).replace('"VALUE"', value), encoding="utf-8")

    return build


def _instead_of_the_card(put: Callable[[Path], None]) -> Build:
    def build(folder: Path) -> None:
        path = folder / "model" / CARD
        path.unlink()
        put(path)

    return build


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 2 * 10**9)


_NOT_WHOLE: list[Case] = [
    _case(
        "pickled weights",
        _changed(WEIGHTS, lambda _: pickle.dumps({"weight": [1.0, 2.0]})),
        _WEIGHTS,
        _OTHER,
        "SHA-256 ...",
    ),
    _case(
        "truncated weights",
        _changed(WEIGHTS, lambda old: old[: len(old) // 2]),
        _WEIGHTS,
        _OTHER,
        "SHA-256 ...",
    ),
    _case(
        "other weights",
        _changed(WEIGHTS, lambda old: old[:-4] + b"\0\0\0\1"),
        _WEIGHTS,
        _OTHER,
        "SHA-256 ...",
    ),
    _case(
        "no weights",
        lambda folder: (folder / "model" / WEIGHTS).unlink(),
        _WEIGHTS,
        "no such file",
        "the file that card.json names",
    ),
    _case(
        "weights that the card does not name",
        _card("files", "{}"),
        _WEIGHTS,
        "a file that card.json does not name",
        "one of none",
    ),
    _case(
        "weights of many times the size",
        lambda folder: _sparse(folder / "model" / WEIGHTS),
        _WEIGHTS,
        "2,000,000,000 bytes",
        "at most ...",
    ),
    _case(
        "no card",
        lambda folder: (folder / "model" / CARD).unlink(),
        "{folder}/model",
        "not a model",
        _FOLDER,
    ),
    _case(
        "a card of 2 GB",
        _instead_of_the_card(_sparse),
        _CARD,
        "2,000,000,000 bytes",
        "at most 10,000,000",
    ),
    _case(
        "a pipe as a card",
        _instead_of_the_card(os.mkfifo),
        _CARD,
        "a pipe, socket or device",
        "a JSON file",
    ),
    _case(
        "a device as a card",
        _instead_of_the_card(lambda path: path.symlink_to("/dev/zero")),
        _CARD,
        "a pipe, socket or device",
        "a JSON file",
    ),
    _case(
        "a folder as a card",
        _instead_of_the_card(Path.mkdir),
        _CARD,
        "a folder",
        "a JSON file",
    ),
]

_VOUCHED: list[Case] = [
    _case(
        "pickled weights that the card vouches for",
        _other_weights(lambda _: pickle.dumps({"weight": [1.0, 2.0]})),
        _WEIGHTS,
        "not safetensors (...)",
        "weights",
    ),
    _case(
        "weights of a type that nobody knows",
        _other_weights(lambda old: old.replace(b'"F32"', b'"F99"', 1)),
        _WEIGHTS,
        "not safetensors (...)",
        "weights",
    ),
    _case(
        "weights of another type",
        _tensors(lambda state: state.update({n: t.double() for n, t in state.items()})),
        _WEIGHTS,
        "float64 ... as '...'",
        "float32 ...: the network that card.json describes",
    ),
    _case(
        "weights of another shape",
        _tensors(lambda state: state.update({"decoder.out.bias": torch.zeros(2)})),
        _WEIGHTS,
        "float32 2 as 'decoder.out.bias'",
        "float32 1: the network that card.json describes",
    ),
    _case(
        "weights without one",
        _tensors(lambda state: state.pop("decoder.out.bias")),
        _WEIGHTS,
        "no 'decoder.out.bias'",
        "the network that card.json describes",
    ),
    _case(
        "weights and one more",
        _tensors(lambda state: state.update({"more": torch.zeros(2)})),
        _WEIGHTS,
        "'more'",
        "the network that card.json describes",
    ),
    _case(
        "a weight that is NaN",
        _tensors(lambda state: state["decoder.out.bias"].fill_(float("nan"))),
        _WEIGHTS,
        "NaN or infinity in 'decoder.out.bias'",
        "finite numbers",
    ),
    _case(
        "a weight that is infinite",
        _tensors(lambda state: state["decoder.out.bias"].fill_(float("inf"))),
        _WEIGHTS,
        "NaN or infinity in 'decoder.out.bias'",
        "finite numbers",
    ),
]

_MISSPELLED = '{"weights": [[1]], "bias": [0], "wieght": 1}'
_OTHER_CARDS: list[Case] = [
    _case(
        "a card with an unknown key",
        _changed(CARD, lambda old: old.replace(b"{", b'{"run": "rm -rf", ', 1)),
        _CARD,
        "unknown key 'run'",
        "one of format, version, preset, ...",
    ),
    _case(
        "a card with an unknown key deep inside",
        _card(
            "mitosis",
            '{"mean": [], "scale": [], "layers": [{"weights": [[1]], "bias": [0], "wieght": 1}]}',
        ),
        _CARD,
        "unknown key 'mitosis.layers.0.wieght'",
        "one of weights, bias (did you mean 'weights'?)",
    ),
    _case(
        "a card with a pattern that nobody knows",
        _changed(CARD, lambda old: old.replace(b'"nucleolar"', b'"nucleolor"', 1)),
        f"{_CARD}, patterns",
        "unknown pattern 'nucleolor'",
        "... (did you mean 'nucleolar'?)",
    ),
    _case(
        "a card with a level that nobody knows",
        _changed(CARD, lambda old: old.replace(b'"positive"', b'"bright"', 1)),
        f"{_CARD}, intensities",
        "found intermediate, bright",
        "at least two of negative, intermediate, positive, in this order",
    ),
    _case(
        "a truncated card",
        _changed(CARD, lambda old: old[: len(old) // 2]),
        _CARD,
        "not JSON (...)",
        "a JSON file",
    ),
    _case("a card of another kind", _changed(CARD, lambda _: b"[]"), _CARD, "[]", "an object"),
    _case(
        "a card nested 100,000 deep",
        _card("data.of", "[" * 100_000 + "]" * 100_000),
        _CARD,
        "not JSON (recursion limit exceeded ...)",
        "a JSON file",
    ),
    _case(
        "a hash that is none",
        _card("files", f'{{"{WEIGHTS}": "0123"}}'),
        f"{_CARD}, files.{WEIGHTS}",
        "'0123'",
        "...",
    ),
]

_OTHER_NUMBERS: list[Case] = [
    _case(f"{key} {value} in a card", _card(key, value), f"{_CARD}, {where or key}", *refusal)
    for key, value, where, refusal in (
        ("patterns", '["homogeneous", "nucleolar"]', "", ("2", "3, as ...")),
        ("patterns", '["homogeneous", "nucleolar", "golgi", "negative"]', "", ("4", "3, as ...")),
        ("intensities", '["negative", "intermediate", "positive"]', "", ("3", "2, as ...")),
        ("preset.image.pixel_size_um", "1e-9", "", ("1e-09", "greater than or equal to 0.02")),
        ("preset.image.pixel_size_um", "1e9", "", ("1000000000.0", "less than or equal to 4")),
        ("preset.image.scale", "1e-300", "", ("1e-300", "greater than or equal to 0.01")),
        ("preset.image.patch_size", "1000000000", "", ("1000000000", "less than ... 8192")),
        ("preset.image.patch_size", "1", "", ("1", "greater than or equal to 16")),
        ("preset.network.width", "100000", "", ("100000", "less than or equal to 1024")),
        ("preset.network.hidden", "100000", "", ("100000", "less than or equal to 16384")),
        ("preset.training.seed", "1e300", "", ("1e+300", "a valid integer")),
        ("preset.training.seed", "9" * 30, "", ("9" * 30, "less than 4294967296")),
        ("preset.balancing.alpha", "Infinity", "", ("inf", "a finite number")),
        (
            "preset.tasks",
            '["mask", "cats"]',
            "",
            ("'cats'", "one of mask, pattern, intensity, cells, mixture ..."),
        ),
        ("judgement.temperature", "1e-300", "", ("1e-300", "greater than or equal to 0.01")),
        ("judgement.temperature", "1e300", "", ("1e+300", "less than or equal to 100")),
        ("judgement.temperature", "NaN", "", ("nan", "a finite number")),
        ("judgement.temperature", "Infinity", "", ("inf", "a finite number")),
        ("judgement.intensity_temperature", "0", "", ("0", "greater than or equal to 0.01")),
        ("judgement.limits", '{"0.8": 1.5}', "judgement.limits.0.8", ("1.5", "less than ... 1")),
        ("judgement.limits", '{"0.8": NaN}', "judgement.limits.0.8", ("nan", "a finite number")),
        (
            "judgement.limits",
            '{"80%": 0.5}',
            "judgement.limits.80%.[key]",
            ("coverage '80%'", "a number between 0 and 1, such as '0.9'"),
        ),
        (
            "mitosis",
            '{"mean": [0], "scale": [1], "layers": [{"weights": [[1]], "bias": [0]}]}',
            "",
            ("mean of 1 features", "10"),
        ),
    )
] + [
    _case(
        "a card of a network that fits into no memory",
        _card("preset.network", '{"head": "flatten", "width": 1024, "hidden": 16384}'),
        f"{_CARD}, preset.network",
        "... parameters",
        "at most 1,000,000,000",
    )
]

MODELS = [*_NOT_WHOLE, *_VOUCHED, *_OTHER_CARDS, *_OTHER_NUMBERS]
