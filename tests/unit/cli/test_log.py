"""Every command tells as much as it is asked to, and keeps what happened if it is asked to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cli._log import close_log, logged
from anascope.cli._output import loudness, progress, tell, warn
from anascope.errors import InputError
from anascope.workers import Event, Tick, unwatched


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    close_log()
    loudness.verbose = loudness.quiet = False


@dataclass(frozen=True)
class CellCounted(Event):
    where: Path
    count: Any


@dataclass(frozen=True)
class Run:
    name: str
    preset: Any


@dataclass(frozen=True)
class RunBegan(Event):
    run: Run
    done: tuple[Run, ...]


def leaves(command: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in command.commands.items():
        if hasattr(inner, "commands"):
            yield from leaves(inner, f"{above}{name} ")
        else:
            yield f"{above}{name}", inner


@pytest.mark.parametrize(
    "command", [pytest.param(c, id=name) for name, c in leaves(typer.main.get_command(app))]
)
def test_every_command_takes_the_options_once(command: Any) -> None:
    names = [name for option in command.params for name in option.opts]
    assert len(names) == len(set(names))
    assert {"--verbose", "-v", "--quiet", "-q", "--log-file"} <= set(names)


def run_and_see(*words: str) -> Any:
    """Run a command that is refused after its options were read."""
    return CliRunner().invoke(app, ["titre", "no-results", "no-plate.csv", *words])


@pytest.mark.parametrize(
    ("words", "verbose", "quiet"), [(("-v",), True, False), (("--quiet",), False, True)]
)
def test_the_options_hold_for_one_command(
    words: tuple[str, ...], verbose: bool, quiet: bool
) -> None:
    run_and_see(*words)
    assert (loudness.verbose, loudness.quiet) == (verbose, quiet)
    run_and_see()
    assert (loudness.verbose, loudness.quiet) == (False, False)


@pytest.mark.parametrize("words", [("-v", "-q"), ("-q", "-v")])
def test_not_both(words: tuple[str, ...]) -> None:
    error = run_and_see(*words).exception
    assert isinstance(error, InputError)
    assert str(error) == "--quiet: beside --verbose; expected one of them"


def test_quiet_tells_warnings_alone(capsys: pytest.CaptureFixture[str]) -> None:
    loudness.quiet = True
    tell("a step")
    with progress("reading", 3, stays=True) as bar:
        bar.advance(bar.task_ids[0], 3)
    warn("a warning")
    assert capsys.readouterr().err == "a warning\n"


def test_verbose_tells_events_but_not_each_tick(capsys: pytest.CaptureFixture[str]) -> None:
    loudness.verbose = True
    heard: list[Event] = []
    watch = logged(heard.append)
    watch(CellCounted(Path("a.tif"), np.int64(7)))
    watch(RunBegan(Run("a", object()), (Run("b", object()), Run("c", object()))))
    watch(Tick())
    assert capsys.readouterr().err.splitlines() == [
        "cell counted: where a.tif, count 7",
        "run began: run a, done ['b', 'c']",
    ]
    assert len(heard) == 3


def test_nothing_is_printed_of_what_is_only_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logged(unwatched)(CellCounted(Path("a.tif"), 7))
    warn("a warning")
    assert capsys.readouterr().err == "a warning\n"


def test_a_log_file_has_a_json_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    run_and_see("--log-file", str(path))
    loudness.quiet = True
    tell("two\nlines \udce9")
    warn("a warning")
    logged(unwatched)(CellCounted(tmp_path, np.array([1, 2])))
    close_log(1, "where: found; expected this")
    tell("after the end")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    messages = [(line["level"], line["message"]) for line in lines]
    assert messages == [
        ("INFO", "began"),
        ("INFO", "two\nlines \udce9"),
        ("WARNING", "a warning"),
        ("INFO", "cell counted"),
        ("ERROR", "where: found; expected this"),
        ("INFO", "ended"),
    ]
    assert lines[3]["event"] == {"where": str(tmp_path), "count": [1, 2]}
    assert lines[-1]["status"] == 1
    assert all(line["time"].endswith("+00:00") for line in lines)


def test_the_log_says_how_the_command_ended(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    words = ["-m", "anascope", "titre", "nowhere", "plate.csv", "--log-file", str(log)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    _, refused, ended = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    assert done.stderr == f"anascope: {refused['message']}\n"
    assert (ended["message"], ended["status"]) == ("ended", 1)


def test_a_log_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    error = run_and_see("--log-file", str(tmp_path / "no" / "log.jsonl")).exception
    assert isinstance(error, InputError)
    assert error.found == "No such file or directory"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: str) -> None:
    """As the scripts do that ``anascope --show-completion`` prints."""
    words = {
        "bash": {"COMP_WORDS": "anascope ex", "COMP_CWORD": "1"},
        "zsh": {"_TYPER_COMPLETE_ARGS": "anascope ex"},
        "fish": {"_TYPER_COMPLETE_ARGS": "anascope ex", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }
    environment = os.environ | words[shell] | {"_ANASCOPE_COMPLETE": f"complete_{shell}"}
    done = subprocess.run(
        [sys.executable, "-c", "from anascope.cli._app import app; app(prog_name='anascope')"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "export" in done.stdout, done.stderr
    assert "train" not in done.stdout.split()
