"""``anascope read``, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner, Result

from anascope.cli._app import app
from anascope.errors import InputError
from anascope.files import read_json
from anascope.models import save_model
from anascope.reading import Evaluability
from tests.unit.models.engines.test_engines import model

SPECIMENS = 23


def call(*arguments: object) -> Result:
    words = ["read", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(app, words, env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the options of a reading with a small model, and where its images are."""
    folder = tmp_path_factory.mktemp("read")
    save_model(folder / "model", model("dense"))
    (folder / "images").mkdir()
    rng = np.random.default_rng(8)
    for number in range(SPECIMENS):
        pixels = rng.integers(0, 256, (130, 140), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"S{number:02d}.png")
    return [
        str(folder / "images"),
        f"--model={folder / 'model'}",
        "--engine=torch",
        "--no-sheets",
    ]


@pytest.fixture(scope="module")
def done(options: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of results, and what was printed while it was made.

    Nothing there may be read whole but what belongs to one field or one specimen: else memory
    would grow with their number.
    """
    out = tmp_path_factory.mktemp("results") / "out"
    opened: list[Path] = []

    def noted(path: Path) -> Any:
        opened.append(path)
        return read_json(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("anascope.files.read_json", noted)
        # A network that learned nothing finds no cells in noise; here it is to be named anyway.
        patch.setattr(
            "anascope.reading._reader.check_evaluability", lambda *_: Evaluability(evaluable=True)
        )
        patch.setattr("anascope.cli._output.console", Console(width=200))
        result = call(*options, "--out", out)
    assert not [path for path in opened if path.parent == out and path.name != "settings.json"]
    return out, result


def test_the_first_specimens_are_shown_as_they_were_read(done: tuple[Path, Result]) -> None:
    out, result = done
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    rows = [line for line in lines if line.startswith("│ S")]
    specimens = read_json(out / "reading.json")["specimens"]
    assert len(specimens) == SPECIMENS
    assert len(rows) == 20
    for row, specimen in zip(rows, specimens, strict=False):
        decision = specimen["decision"]
        likeliest = decision["likeliest"]
        assert [cell.strip() for cell in row.strip("│").split("│")] == [
            specimen["specimen"],
            decision["pattern"],
            ", ".join(decision["codes"]),
            f"{likeliest} {decision['patterns'][likeliest]:.2f}",
            decision["intensity"],
            str(specimen["cells"]),
            str(specimen["flagged"]),
        ]
    assert any(line.startswith("not calibrated: ") for line in lines)  # as the model's card says
    assert f"and 3 more: {out / 'specimens.csv'}" in lines
    assert f"{out}: 23 specimens, 23 fields read now, 0 not read" in lines


def test_a_program_gets_json(done: tuple[Path, Result], options: list[str], tmp_path: Path) -> None:
    found = json.loads(call(*options, "--out", done[0], "--json").stdout)
    counts = {key: found[key] for key in ("specimens", "fields_read", "fields_kept", "not_read")}
    assert counts == {"specimens": 23, "fields_read": 0, "fields_kept": 23, "not_read": []}


@pytest.mark.parametrize("engine", ["auto", "torch", "onnxruntime"])
def test_an_accelerator_that_nobody_knows_is_refused(
    options: list[str], tmp_path: Path, engine: str
) -> None:
    where = [options[0], "--engine", engine, "--out", tmp_path / "out"]
    result = call(*where, "--accelerator", "banana")
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == "--accelerator: 'banana'; expected one of auto, cpu, gpu"
    assert not (tmp_path / "out").exists()
