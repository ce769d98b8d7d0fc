"""The change of a training loop that the page of ``anascope.balancing`` begins with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn.functional import mse_loss

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "use-gradnorm-in-your-own-network.md"
(DIFF,) = re.findall(r"^```diff\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def run(left_out: str) -> dict[str, Any]:
    """Run the loop without the lines that begin with ``left_out``."""
    torch.manual_seed(0)
    x = torch.randn(16, 8)
    scope: dict[str, Any] = {
        "torch": torch,
        "mse_loss": mse_loss,
        "encoder": nn.Linear(8, 4),
        "heads": nn.ModuleList([nn.Linear(4, 1), nn.Linear(4, 1)]),
        "batches": [(x, [x[:, :1], 10 * x[:, 1:2]])] * 20,
    }
    lines = [line[1:] for line in DIFF.splitlines() if not line.startswith(left_out)]
    exec("\n".join(lines), scope)
    return scope


def test_both_loops_run_and_the_changed_one_balances() -> None:
    assert sum(line[0] in "+-" for line in DIFF.splitlines()) <= 10
    before, after = run("+"), run("-")
    assert "balancer" not in before
    weights = after["balancer"].weights
    assert weights[1] < 0.9
    assert not torch.equal(before["encoder"].weight, after["encoder"].weight)
