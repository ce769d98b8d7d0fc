"""No engine runs a file that the card does not vouch for, or one that is not what the card says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
import torch

from anascope.files import sha256_of
from anascope.models import (
    CARD,
    ONNX,
    WEIGHTS,
    Model,
    ModelCard,
    build_network,
    model_folder,
    save_model,
    shipped_models,
)
from anascope.models.engines import open_engine
from anascope.presets import change_preset, load_preset
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.refusals import refused
from tests.vouched import vouch

CLASSES = ("homogeneous", "centromere", "golgi")
LEVELS = IntensityScale().levels
STRIDE = 16
FILES = {"onnxruntime": ONNX, "torch": WEIGHTS}
each_engine = pytest.mark.parametrize("engine", FILES)

Change = Callable[[Path], None]


@pytest.fixture(autouse=True)
def _with_onnx() -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return copytree(model_folder(), tmp_path / "model")


@each_engine
@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_are_what_their_cards_say(name: str, engine: str) -> None:
    folder = model_folder(name)
    card = open_engine(folder, engine=engine).card
    assert card.files[FILES[engine]] == sha256_of((folder / FILES[engine]).read_bytes())


@each_engine
def test_another_file_is_not_run(shipped: Path, engine: str) -> None:
    """Valid, and of a network of the same shape, as another training would leave it."""
    path = shipped / FILES[engine]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = "another file than card.json was written for (SHA-256 ...)"
    with refused(path, found, "SHA-256 ..."):
        open_engine(shipped, engine=engine)


@each_engine
def test_a_file_that_the_card_does_not_name_is_not_run(shipped: Path, engine: str) -> None:
    card = json.loads((shipped / CARD).read_text())
    del card["files"][FILES[engine]]
    (shipped / CARD).write_text(json.dumps(card))
    (other,) = card["files"]
    with refused(shipped / FILES[engine], "a file that card.json does not name", f"one of {other}"):
        open_engine(shipped, engine=engine)


def test_without_its_weights_the_exported_network_is_run(shipped: Path) -> None:
    (shipped / WEIGHTS).unlink()
    assert open_engine(shipped).name == "onnxruntime"
    with refused(shipped / WEIGHTS, "no such file", "the file that card.json names"):
        open_engine(shipped, engine="torch")


@each_engine
@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("patterns", lambda values: values[:-1]),
        ("intensities", lambda values: values[:-1]),
    ],
)
def test_a_card_of_fewer_outputs_names_its_key(
    shipped: Path, engine: str, key: str, change: Callable[[list[str]], list[str]]
) -> None:
    card = json.loads((shipped / CARD).read_text())
    right = len(card[key])
    card[key] = change(card[key])
    (shipped / CARD).write_text(json.dumps(card))
    found = f"{right}, as {shipped / FILES[engine]} has"
    with refused(f"{shipped / CARD}, {key}", f"{right - 1}", found):
        open_engine(shipped, engine=engine)


@each_engine
def test_a_model_that_tells_no_pattern_reads_nothing(tmp_path: Path, engine: str) -> None:
    preset = change_preset(load_preset("tiny"), {"tasks": ["mask", "intensity"]})
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
    save_model(
        tmp_path, Model(network, ModelCard(preset=preset, patterns=CLASSES, intensities=LEVELS))
    )
    (tmp_path / ONNX).touch()
    with refused(f"{tmp_path / CARD}, preset.tasks", "no pattern", "mask, pattern, intensity"):
        open_engine(tmp_path, engine=engine)


def test_weights_that_lead_out_of_the_numbers_read_nothing(tmp_path: Path) -> None:
    made = model()
    with torch.no_grad():
        for weights in made.network.parameters():
            weights.fill_(1e30)
    save_model(tmp_path, made)
    engine = open_engine(tmp_path, engine="torch")
    with refused(tmp_path / WEIGHTS, "NaN or infinity as ...", "a network that gives numbers"):
        engine.run(np.full((64, 64), 0.5, np.float32), (0.1, 0.9))


def test_what_a_training_began_with_is_not_looked_for(tmp_path: Path) -> None:
    """A card may name files of another machine: reading takes nothing from there."""
    beginning = {"network.start": "/nowhere/model", "network.imagenet_weights": "/nowhere/weights"}
    save_model(tmp_path, model(**beginning))
    assert open_engine(tmp_path, engine="torch").card.preset.network.start == "/nowhere/model"


def model(**changes: Any) -> Model:
    preset = load_preset("tiny", {"network.width": 4, "network.hidden": 8})
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
    card = ModelCard(preset=change_preset(preset, changes), patterns=CLASSES, intensities=LEVELS)
    return Model(network, card)


def graph(
    *,
    inputs: dict[str, Sequence[Any]] | None = None,
    outputs: dict[str, tuple[str, Sequence[Any]]] | None = None,
    stride: str | None = str(STRIDE),
    value: float = 0.5,
) -> bytes:
    """Return a network that is written node by node: the signal as mask, ``value`` as all else."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    make, tensors = onnx.helper, onnx.TensorProto.FLOAT
    inputs = inputs or {"signal": [1, 1, "y", "x"], "ranges": [1, 2]}
    outputs = outputs or {
        "mask": ("signal", [1, 1, "y", "x"]),
        "pattern": ("value", [1, 3]),
        "intensity": ("value", [1, 1]),
    }
    nodes, constants = [], []
    for name, (source, shape) in outputs.items():
        if source == "value":
            known = [side if isinstance(side, int) else 2 for side in shape]
            number = np.full(known, value, np.float32)
            constants.append(onnx.numpy_helper.from_array(number, f"{name}_value"))
            source = f"{name}_value"
        nodes.append(make.make_node("Identity", [source], [name]))
    made = make.make_model(
        make.make_graph(
            nodes,
            "graph",
            [make.make_tensor_value_info(name, tensors, shape) for name, shape in inputs.items()],
            [make.make_tensor_value_info(name, tensors, s) for name, (_, s) in outputs.items()],
            constants,
        ),
        opset_imports=[make.make_opsetid("", 18)],
        ir_version=9,
    )
    if stride is not None:
        make.set_model_props(made, {"stride": stride})
    content: bytes = made.SerializeToString()
    return content


SIGNAL = ("signal", [1, 1, "y", "x"])
GIVEN = {"signal": [1, 1, "y", "x"], "ranges": [1, 2]}
SAID = {"mask": SIGNAL, "pattern": ("value", [1, 3]), "intensity": ("value", [1, 1])}


def test_a_network_that_is_written_by_hand_runs(tmp_path: Path) -> None:
    save_model(tmp_path, model())
    vouch(tmp_path, ONNX, graph())
    output = open_engine(tmp_path, engine="onnxruntime").run(np.zeros((64, 80), "f"), (0.1, 0.9))
    assert output.mask.shape == (64, 80)
    assert output.pattern.tolist() == [0.5] * 3


@pytest.mark.parametrize(
    ("changes", "found", "expected"),
    [
        (
            {"inputs": {"signal": [1, 1, "y", "x"]}},
            "inputs signal of 4 axes",
            "signal of 4 axes, ranges of 2 axes",
        ),
        (
            {"inputs": GIVEN | {"more": [1]}},
            "inputs signal of 4 axes, ranges of 2 axes, more of 1 axes",
            "signal of 4 axes, ranges of 2 axes",
        ),
        (
            {"outputs": {"mask": SIGNAL}},
            "outputs mask of 4 axes",
            "mask of 4 axes, pattern of 2 axes, intensity of 2 axes",
        ),
        (
            {"outputs": SAID | {"pattern": ("value", [3])}},
            "outputs mask of 4 axes, pattern of 1 axes, ...",
            "mask of 4 axes, pattern of 2 axes, ...",
        ),
        (
            {"outputs": SAID | {"mask": ("value", [1, 1, 2, 2])}},
            "a mask of shape (2, 2)",
            "(32, 32)",
        ),
        (
            {"outputs": SAID | {"places": ("value", [1, 3, 9, 9])}},
            "places of shape (9, 9) with stride 16",
            "(2, 2)",
        ),
        ({"value": float("nan")}, "NaN or infinity as pattern", "a network that gives numbers"),
        ({"value": float("inf")}, "NaN or infinity as pattern", "a network that gives numbers"),
        ({"stride": None}, "no 'stride' in its metadata", "a network that is exported again"),
        ({"stride": "0"}, "stride '0'", "1 to 64"),
        ({"stride": "-16"}, "stride '-16'", "1 to 64"),
        ({"stride": "nan"}, "stride 'nan'", "1 to 64"),
        ({"stride": "9" * 9999}, "stride '99999999999999999999'", "1 to 64"),
    ],
)
def test_another_network_than_an_exported_one_is_refused(
    tmp_path: Path, changes: dict[str, Any], found: str, expected: str
) -> None:
    save_model(tmp_path, model())
    vouch(tmp_path, ONNX, graph(**changes))
    with refused(tmp_path / ONNX, found, expected):
        open_engine(tmp_path)


def test_a_network_whose_numbers_lie_in_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card vouches for the network's file alone."""
    monkeypatch.chdir(tmp_path)
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    save_model(tmp_path, model())
    made = onnx.load_from_string(graph())
    (tmp_path / "beside").write_bytes(b"\0" * 400)
    for tensor in made.graph.initializer:
        size = len(tensor.raw_data)
        onnx.external_data_helper.set_external_data(tensor, "beside", offset=0, length=size)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
    vouch(tmp_path, ONNX, made.SerializeToString())
    with refused(tmp_path / ONNX, "not a network (...)", "an exported one"):
        open_engine(tmp_path)


@pytest.mark.parametrize("engine", ["auto", *FILES])
@pytest.mark.parametrize("threads", [0, -1, 100_000])
def test_threads_that_would_end_the_process_are_refused(engine: str, threads: int) -> None:
    with refused("threads", str(threads), "1 to ..."):
        open_engine(model_folder(), engine=engine, threads=threads)
