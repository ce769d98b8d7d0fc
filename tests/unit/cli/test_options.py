"""The library names its arguments, the command line its options."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.core import TyperGroup
from typer.main import get_command
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


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[list[str], Any]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        else:
            yield [*above, name], command


def every_command() -> Iterator[tuple[list[str], Any]]:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    return commands(root)


def with_option(option: str) -> dict[str, list[str]]:
    """Return the shortest lines of all commands that have ``option``, by command."""
    lines = {}
    for names, command in every_command():
        if not any(option in parameter.opts for parameter in command.params):
            continue
        needed = [p for p in command.params if p.required or p.name == "images"]
        words = [["."] if p.param_type_name == "argument" else [p.opts[0], "new"] for p in needed]
        lines[" ".join(names)] = [*names, *(word for each in words for word in each)]
    return lines


COMPUTING = with_option("--accelerator")


def test_these_commands_compute() -> None:
    named = {"read", "train", "evaluate", "calibrate", "adapt", "study run", "study calibrate"}
    named.add("recipe run")
    assert COMPUTING.keys() == named


@pytest.mark.parametrize("line", COMPUTING.values(), ids=COMPUTING)
def test_an_accelerator_that_nobody_knows_is_refused_first(
    line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*line, "--accelerator", "banana"])
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == "--accelerator: 'banana'; expected one of auto, cpu, gpu"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_training_without_its_gpu_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["train", ".", "--accelerator", "gpu"])
    assert isinstance(result.exception, InputError)
    expected = "--accelerator: 'gpu', which PyTorch cannot use here; expected cpu or auto"
    assert str(result.exception) == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", with_option("--threads").values(), ids=with_option("--threads"))
@pytest.mark.parametrize("threads", ["0", "-1", "100000"])
def test_numbers_of_threads_that_cannot_be_are_refused_first(
    line: list[str], threads: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*line, "--threads", threads])
    assert isinstance(result.exception, InputError)
    assert result.exception.where == "--threads"
    assert result.exception.found == threads
    assert result.exception.expected.startswith("1 to ")
    assert list(tmp_path.iterdir()) == []


LINES = [[], ["cohort"], ["folds"], ["study"], *(names for names, _ in every_command())]


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_help_says_all_that_its_texts_say(line: list[str]) -> None:
    """Brackets are text and not Rich's markup, and paragraphs fill their lines."""
    done = CliRunner().invoke(app, [*line, "--help"], env={"COLUMNS": "80", "TERM": "dumb"})
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    shown = " ".join(done.stdout.replace("│", " ").split())
    assert " ." not in shown
    assert "\\" not in shown
    # A line of a paragraph ends where the next word has no room.
    first = next(i for i, text in enumerate(lines) if text.startswith(" Usage"))
    last = next(i for i, text in enumerate(lines) if text.startswith("╭"))
    for text, following in pairwise(map(str.strip, lines[first + 2 : last])):
        if text and following:
            assert len(text) + 1 + len(following.split()[0]) > 78


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("train", "Run folder [default: runs/PRESET-FOLD]."),
        ("train", "Usage: anascope train [OPTIONS] {COHORT}"),
        ("read", "Number of CPU threads [default: one per core]."),
        ("read", "Usage: anascope read [OPTIONS] [IMAGES]..."),
        ("study run", "Preset to start from [default: that of the study]."),
    ],
)
def test_help_names_defaults_and_arguments(line: str, words: str) -> None:
    env = {"COLUMNS": "150", "TERM": "dumb"}
    done = CliRunner().invoke(app, [*line.split(), "--help"], env=env, prog_name="anascope")
    assert words in " ".join(done.stdout.replace("│", " ").split())
