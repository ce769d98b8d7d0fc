"""What is said of a step of GradNorm is measured as it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anascope.balancing import SharedFeatures
from benchmarks.pages import _balancing, _markdown  # noqa: F401  the first enters the table
from benchmarks.study.elsewhere import Network, Step, ours, three_steps


def test_ours_gives_the_lagging_task_more_in_one_pass_with_exact_gradients() -> None:
    found = three_steps(ours)
    assert found["gain_of_the_lagging_task"] > 0.01
    assert found["passes_through_the_encoder"] == 1
    assert max(found["relative_difference"].values()) < 1e-12
    assert found["weights_applied"][1] > 1 > found["weights_applied"][0]


def wrong(network: Network, alpha: float) -> Step:
    """Leave the heads unweighted, go twice through the encoder, and move the wrong way."""
    weights = [1.0, 1.0]

    def step(constant: float) -> tuple[list[float], list[float]]:
        applied = list(weights)
        shared = SharedFeatures([network.features()])
        for loss in network.losses(shared.leaves[0], constant):
            loss.backward()
        (features,), (leaf,) = shared.outputs, shared.leaves
        assert leaf.grad is not None
        features.backward(leaf.grad / 2, retain_graph=True)
        features.backward(leaf.grad / 2)
        weights[:] = [weights[0] + 0.1, weights[1] - 0.1]
        return applied, list(weights)

    return step


def test_faults_are_seen() -> None:
    found = three_steps(wrong)
    assert found["gain_of_the_lagging_task"] == pytest.approx(-0.1)
    assert found["passes_through_the_encoder"] == 2
    assert found["relative_difference"]["heads"] > 0.1


def test_the_table_names_versions_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_markdown, "RESULTS", tmp_path)
    result = {
        "command": "python -m benchmarks.study.elsewhere",
        "steps": {"anascope": three_steps(ours), "Other": three_steps(wrong) | {"version": "1.2"}},
        "left_out": {"LibMTL": "not installed"},
    }
    (tmp_path / "gradnorm-elsewhere.json").write_text(json.dumps(result), encoding="utf-8")
    table = _markdown.TABLES["gradnorm-elsewhere"]()
    assert "| anascope | +0.019 | 1 | exact | exact |" in table
    assert "| Other 1.2 | −0.100 | 2 |" in table
    assert "% off |" in table
    assert "LibMTL: not installed." in table
