"""Each benchmark that is run says what it takes, and has a row in the README of the benchmarks."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
RUN = sorted(
    f"benchmarks.{path.parent.name}.{path.stem}"
    for path in FOLDER.glob("*/*.py")
    if not path.name.startswith("_")
)


def test_every_one_has_a_row() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`python -m (benchmarks\.\w+\.\w+)", text)) == set(RUN)


@pytest.mark.parametrize("name", RUN)
def test_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = import_module(name)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as stop:
        module.main()
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    assert module.__doc__ is not None
    words = re.sub(r"\s+", " ", printed)
    assert module.__doc__.splitlines()[0].partition(":")[0] in words
    if "pages" not in name:
        assert "--out " in words
