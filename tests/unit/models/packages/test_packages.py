"""Packages of a model say what its card says, and their network what anascope says of a field."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.decisions import decide
from anascope.errors import InputError
from anascope.images import signal_range
from anascope.models import load_model, read_card
from anascope.models.engines import open_engine
from anascope.models.packages import export_bioimageio, export_huggingface, huggingface_card
from anascope.models.packages._standalone import Standalone, outputs_of

CLASSES = ("homogeneous", "centromere", "golgi")  # of the model


@pytest.mark.parametrize("shape", [(64, 64), (97, 131)])
def test_the_network_alone_says_of_a_field_what_anascope_decides(
    model: Path, shape: tuple[int, int]
) -> None:
    field = np.random.default_rng(1).integers(0, 200, shape).astype(np.uint8)
    signal = field.astype(np.float32) / np.float32(255)
    with torch.inference_mode():
        outputs = Standalone(load_model(model)).eval()(torch.from_numpy(signal)[None, None])
    given = {name: values.numpy() for name, values in outputs.items()}

    engine = open_engine(model, engine="torch")
    dark, bright = signal_range(field)
    output = engine.run(signal, (float(dark), float(bright)))
    card = engine.card
    decision = decide(
        output.pattern,
        output.intensity,
        card.pattern_space,
        card.intensity_scale,
        card.judgement,
        mixture=output.mixture,
    )
    assert tuple(given) == outputs_of(card)
    np.testing.assert_allclose(given["mask"][0, 0], output.mask, atol=1e-4)
    np.testing.assert_allclose(given["pattern"][0], [*decision.patterns.values()], atol=1e-4)
    np.testing.assert_allclose(given["intensity"][0], [*decision.intensities.values()], atol=1e-4)
    assert given["mixture"].item() == pytest.approx(decision.mixed, abs=1e-4)
    np.testing.assert_allclose(given["phases"].sum(axis=1), 1, atol=1e-5)


_TEST = "import sys; from bioimageio.core import test_model; print(test_model(sys.argv[1]).status)"


@pytest.mark.slow
def test_a_package_for_bioimageio_is_valid_and_runs(model: Path, tmp_path: Path) -> None:
    """Takes 110 s on a busy core: PyTorch's exporter, and the tests of bioimageio.core."""
    pytest.importorskip("bioimageio.spec", reason="needs anascope[bioimageio]")
    pytest.importorskip("bioimageio.core", reason="needs bioimageio.core")
    pytest.importorskip("onnxscript", reason="needs anascope[onnx]")
    path = tmp_path / "model.zip"
    # Processes of their own: the library leaves files open.
    export = ["-m", "anascope", "export", str(model), "--format", "bioimageio", "--out", str(path)]
    for words in (export, ["-c", _TEST, str(path)]):
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "passed"
    with zipfile.ZipFile(path) as package:
        described = yaml.safe_load(package.read("rdf.yaml"))
    assert described["inputs"][0]["axes"][2]["scale"] == 322.5
    assert described["outputs"][1]["axes"][1]["channel_names"] == list(CLASSES)
    assert str(tmp_path) not in yaml.safe_dump(described)


def test_without_the_library_one_line_names_the_extra(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bioimageio.spec", None)
    with pytest.raises(InputError, match=r"bioimageio is not installed.*anascope\[bioimageio\]"):
        export_bioimageio(model, tmp_path / "model.zip")
    assert not list(tmp_path.iterdir())


def test_a_repository_is_a_model_with_a_card_for_people(model: Path, tmp_path: Path) -> None:
    out = export_huggingface(model, tmp_path / "repository")
    assert load_model(out).card == read_card(model)
    _, head, page = (out / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    metadata = yaml.safe_load(head)
    assert metadata["library_name"] == "anascope"
    assert metadata["license"] == "other"
    assert "## Validation" in page
    assert "| fold, dice | 0.877 \\[0.800, 0.900\\] |" in page
    assert "| centromere | AC-3 |" in page
    assert "3 patients" in page
    assert read_card(model).identity in page


def test_what_a_card_calls_itself_is_text_and_no_markup(model: Path) -> None:
    page = huggingface_card(read_card(model))
    assert "<script>" not in page.split("---\n", 2)[2]
    assert yaml.safe_load(page.split("---\n", 2)[1])["model_name"] == "anascope a|b <script>"


def test_weights_that_the_card_was_not_written_for_are_not_handed_on(
    model: Path, tmp_path: Path
) -> None:
    copy = export_huggingface(model, tmp_path / "copy")
    with (copy / "weights.safetensors").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(InputError, match=r"another file than card\.json was written for"):
        export_huggingface(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_writes_it(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "hub"
    words = ["export", str(model), "--format", "huggingface", "--out", str(out)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.exception
    assert f"{out}: 0." in result.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "where", "expected"),
    [
        (["s"], "--out", "is part of the package"),
        (["s", "--format", "hugingface"], "--format", "huggingface"),
        (["s", "--format", "bioimageio", "--out", "card.json"], "--out", ".zip"),
        (["nowhere"], "nowhere", "a folder or"),
    ],
)
def test_what_cannot_be_exported_gets_one_line(words: list[str], where: str, expected: str) -> None:
    result = CliRunner().invoke(app, ["export", *words])
    assert isinstance(result.exception, InputError)
    assert result.exception.where == where
    assert expected in result.exception.expected
