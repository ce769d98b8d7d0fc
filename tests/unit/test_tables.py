"""The tables in README and documentation are those of the results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.environment import RESULTS
from benchmarks.tables import README, filled, markdown

DOCS = sorted((README.parent / "docs").rglob("*.md"))


def test_markdown() -> None:
    assert markdown(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


@pytest.mark.parametrize("path", [README, *DOCS], ids=lambda path: path.name)
def test_tables_are_those_of_the_results(path: Path) -> None:
    """If this fails, run ``python -m benchmarks.tables``."""
    text = path.read_text(encoding="utf-8")
    assert filled(text) == text


def test_results_say_how_they_were_made() -> None:
    paths = list(RESULTS.glob("*.json"))
    assert paths
    for path in paths:
        result = json.loads(path.read_text())
        assert {"command", "versions", "hardware", "settings"} <= set(result)
        assert result["hardware"]["processor"]
