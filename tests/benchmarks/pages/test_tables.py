"""The tables in README and documentation are those of the results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.arguments import RESULTS
from benchmarks.pages import _markdown
from benchmarks.pages._markdown import TABLES, markdown
from benchmarks.pages.tables import README, filled

DOCS = sorted((README.parent / "docs").rglob("*.md"))


def test_markdown() -> None:
    assert markdown(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"


@pytest.mark.parametrize("path", [README, *DOCS], ids=lambda path: path.name)
def test_tables_are_those_of_the_results(path: Path) -> None:
    """If this fails, run ``python -m benchmarks.pages.tables``."""
    text = path.read_text(encoding="utf-8")
    assert filled(text) == text


def test_balancers_are_joined_with_their_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_markdown, "RESULTS", tmp_path)
    value = {"mean": 0.5, "low": 0.25, "high": 0.75}
    keys = ("mask.pixel_accuracy", "pattern.accuracy", "intensity.accuracy")
    labels = ("fixed weights", "UPGrad", "MGDA", "GradNorm")
    alike = "cannot be distinguished."
    study = {
        "command": "study",
        "settings": {"preset": "tiny"},
        "runs": 20,
        "by_patch": {label: dict.fromkeys(keys, value) for label in labels},
        "conclusions": [
            {"headline": f"Balancer: {headline}", "detail": "By so much."}
            for headline in (
                "**UPGrad** is better in mask than fixed weights.",
                f"MGDA and fixed weights {alike}",
                f"GradNorm and fixed weights {alike}",
            )
        ],
    }
    steps = ("fixed", "upgrad", "upgrad at features", "mgda", "gradnorm")
    ratios = {name: {"time_ratio": 2.0, "memory_ratio": 1.5} for name in steps}
    cost = {"command": "cost", "presets": {"small": {"balancers": ratios}}}
    (tmp_path / "mivia-study-balancers.json").write_text(json.dumps(study))
    unpriced = TABLES["mivia-balancers"]()
    assert "What their steps cost: `python -m benchmarks.speed.balancers`." in unpriced
    assert "peak memory" not in unpriced
    (tmp_path / "balancer-cost-cpu.json").write_text(json.dumps(cost))
    lines = TABLES["mivia-balancers"]().splitlines()
    same = " | ".join(["0.500 [0.250, 0.750]"] * 3)
    assert f"| fixed weights | {same} | 2.00 | 1.50 |" in lines
    assert f"| UPGrad | {same} | 2.00 / 2.00 | 1.50 / 1.50 |" in lines
    assert "- Balancer: **UPGrad** is better in mask than fixed weights. By so much." in lines
    assert lines[-1].endswith("from fixed weights: MGDA, GradNorm.")


def test_results_say_how_they_were_made() -> None:
    paths = list(RESULTS.glob("*.json"))
    assert paths
    for path in paths:
        result = json.loads(path.read_text())
        assert {"command", "versions", "hardware", "settings"} <= set(result)
        assert result["hardware"]["processor"]
