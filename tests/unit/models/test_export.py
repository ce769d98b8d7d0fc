"""An exported network is named on the card of its model, or is for other software."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError, WriteError
from anascope.models import (
    CARD,
    ONNX,
    WEIGHTS,
    Model,
    ModelCard,
    build_network,
    export_model,
    load_model,
    read_card,
    save_model,
)
from anascope.models import _export as exporting
from anascope.presets import load_preset
from anascope.words import IntensityScale, PatternSpace, Vocabulary

CLASSES = ("homogeneous", "centromere")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    preset = load_preset("tiny", {"network.width": 2, "network.hidden": 4})
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
    levels = IntensityScale().levels
    save_model(
        tmp_path / "model",
        Model(network, ModelCard(preset=preset, patterns=CLASSES, intensities=levels)),
    )
    return tmp_path / "model"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that takes no time: what is tested is where its file is named."""

    def write(model: Any, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"exported")

    monkeypatch.setattr(exporting, "export_onnx", write)


@pytest.mark.usefixtures("quick")
def test_a_file_elsewhere_is_nobodys(folder: Path, tmp_path: Path) -> None:
    before = (folder / CARD).read_bytes()
    export_model(folder, tmp_path / "else" / ONNX)
    assert (tmp_path / "else" / ONNX).read_bytes() == b"exported"
    assert (folder / CARD).read_bytes() == before


@pytest.mark.usefixtures("quick")
def test_new_weights_are_not_those_of_the_file(folder: Path) -> None:
    export_model(folder)
    assert ONNX in read_card(folder).files
    save_model(folder, load_model(folder))
    assert read_card(folder).files.keys() == {WEIGHTS}


@pytest.mark.usefixtures("quick")
def test_a_card_that_cannot_be_written_leaves_the_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    export_model(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr(exporting, "export_onnx", lambda _, path: path.write_bytes(b"anew"))
    monkeypatch.setattr(exporting, "write_file", full)
    with pytest.raises(WriteError, match="the disk is full"):
        export_model(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", [CARD, WEIGHTS, "network"])
def test_no_file_of_another_kind_is_written_over(folder: Path, name: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = CliRunner().invoke(app, ["export", str(folder), "--out", str(folder / name)])
    assert isinstance(result.exception, InputError)
    assert result.exception.where == "--out"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
