"""The library names its arguments, the command line its options."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError

SOURCE = Path(__file__).resolve().parents[3] / "src" / "anascope"


def texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_nothing_but_the_command_line_speaks_of_options() -> None:
    spoken = [
        f"{path.relative_to(SOURCE)}: {text}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.parent.name != "cli"
        for text in texts(path)
        if text.startswith("--") and text[2:3].isalpha()
    ]
    assert spoken == []


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("read x.png --coverage 2", "--coverage"),
        ("read x.png --engine none", "--engine"),
        ("cohort synthesize new --like i3", "--like"),
        ("cohort import . new --format none", "--format"),
        ("cohort synthesize new --shape 4x4", "--shape"),
        ("train . --preset none", "--preset"),
        ("study run paper . -o new --only training.epochs=7", "--only"),
        # An argument that is not an option keeps its name.
        ("study show none", "study"),
    ],
)
def test_a_message_names_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.png").touch()
    result = CliRunner().invoke(app, words.split())
    assert isinstance(result.exception, InputError)
    assert result.exception.where == where
