"""Options of ``anascope read`` come from a file, and those of the command line win."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.errors import InputError
from anascope.reading import batch


class _Captured(Exception):
    """Ends a reading before it begins, with what it would be done with."""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that gives output folder and settings for a config and options."""

    def see(inputs: Any, out: Path, settings: Any, **others: Any) -> None:
        raise _Captured(out, settings, others["wait"])

    monkeypatch.setattr(batch, "read_batch", see)
    (tmp_path / "x.png").touch()
    config = tmp_path / "read.yaml"

    def run(text: str | bytes, *words: str) -> tuple[Path, Any, bool]:
        config.write_bytes(text if isinstance(text, bytes) else text.encode())
        call = ["read", str(tmp_path / "x.png"), "--config", str(config), *words]
        result = CliRunner().invoke(app, call)
        if isinstance(result.exception, _Captured):
            return result.exception.args
        assert result.exception is not None
        raise result.exception

    return run


def test_a_file_says_options(settings: Any) -> None:
    out, read_with, wait = settings(
        "out: results\npixel-size-um: 0.161\ncoverage: 0.9\nsheets: false\nchannel: 2\n"
        "threads: 1\nwait: true\nmodel: null\n"
    )
    assert out == Path("results")
    assert (read_with.pixel_size_um, read_with.coverage) == (0.161, 0.9)
    assert (read_with.sheets, read_with.channel, read_with.threads) == (False, "2", 1)
    assert (wait, read_with.model) == (True, None)


def test_keys_may_have_underscores(settings: Any) -> None:
    assert settings("pixel_size_um: 0.5")[1].pixel_size_um == 0.5


@pytest.mark.parametrize(
    "words", [("--coverage", "0.8", "--sheets"), ("--sheets", "--coverage=0.8")]
)
def test_the_command_line_wins(settings: Any, words: tuple[str, ...]) -> None:
    _, read_with, _ = settings("coverage: 0.9\nsheets: false\nengine: torch", *words)
    assert (read_with.coverage, read_with.sheets, read_with.engine) == (0.8, True, "torch")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("covrage: 0.9", r"unknown key 'covrage'; expected .* \(did you mean 'coverage'\?\)"),
        ("config: other.yaml", "unknown key 'config'"),
        ("coverage: [0.9]", r"coverage: \[0.9\]; expected one value"),
        ("threads: many", "threads: 'many'; expected"),
        ("sheets: 'no'", "sheets: 'no'; expected true or false"),
        ("coverage: true", "coverage: True; expected a text or a number"),
        ("accelerator: abacus", "abacus"),
        ("- coverage", "no keys"),
        ("coverage: {", "not YAML"),
        ("coverage: 0.9\ncoverage: 0.8", "key 'coverage' twice"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_what_is_no_option_gets_one_line(settings: Any, text: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        settings(text)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["read", "x.png", "--config", str(tmp_path / "no.yaml")])
    assert isinstance(result.exception, InputError)
    assert "no.yaml" in result.exception.where
