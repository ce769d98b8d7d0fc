"""The benchmark of GradNorm's overhead: what it compares is the same, and what it counts is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from anascope.presets import load_preset
from benchmarks.pages import _markdown
from benchmarks.speed._shared import ratio, time_in_turns
from benchmarks.speed._ways import VARIANTS, Setting, compiled_parts
from benchmarks.speed.gradnorm import (
    measure,
    measure_compiled,
    relative_difference,
    take_in_package,
)

BATCH = 2
CPU = torch.device("cpu")
NAMES = [name for name in VARIANTS if name != "gradnorm_pytorch"]
MEMORY = {name: {"memory_before_mib": 10.0, "peak_memory_mib": 20.0} for name in NAMES}


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return measure("tiny", 2, MEMORY, BATCH, CPU)


def test_all_ways_find_the_same(measured: dict[str, Any]) -> None:
    agreement = measured["agreement"]
    for key, names in (
        ("gradient_relative_difference_to_plain", {"exact", "naive", "first_order"}),
        ("norms_max_relative_difference_to_naive", {"exact", "first_order"}),
        ("weights_max_relative_difference_to_naive", {"exact", "first_order"}),
    ):
        assert set(agreement[key]) == names
        assert all(value < 1e-4 for value in agreement[key].values())


def test_exact_adds_one_product_a_task_through_one_layer(measured: dict[str, Any]) -> None:
    setting = Setting(load_preset("tiny"), BATCH, CPU)
    inputs, outputs, *kernel = setting.network.last_shared_weight.shape
    places = (setting.size[0] // 16) * (setting.size[1] // 16)
    product = 2 * BATCH * places * inputs * outputs * kernel[0] * kernel[1]
    flop = measured["flop"]
    assert flop["exact"] - flop["plain"] == 3 * product
    assert flop["exact"] < flop["first_order"] < flop["naive"]
    assert measured["exact"]["flop_ratio"] == flop["exact"] / flop["plain"]


def test_ratios(measured: dict[str, Any]) -> None:
    assert ratio([2, 4, 9], [2, 2, 3]) == {"time_ratio": 2, "time_ratio_range": [1, 3]}
    for name in NAMES[1:]:
        assert len(measured["all_seconds"][name]) == 2
        assert measured[name]["memory_ratio"] == 1


def test_rounds_begin_with_another_step_each() -> None:
    called: list[str] = []
    steps = {name: lambda name=name: called.append(name) for name in "abc"}
    seconds = time_in_turns(steps, 3)
    assert "".join(called) == "abcbcacab"
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3, "c": 3}


def test_relative_difference_is_that_of_the_whole() -> None:
    wanted = [torch.tensor([3.0, 0.0]), torch.tensor([4.0])]
    assert relative_difference(wanted, wanted) == 0
    found = [torch.tensor([3.0, 0.3]), torch.tensor([4.4])]
    assert relative_difference(found, wanted) == pytest.approx(0.1)


def test_missing_package_is_left_out_with_the_reason(tmp_path: Path) -> None:
    assert "no folder nowhere" in str(take_in_package(tmp_path / "nowhere"))


def test_compiled_parts_are_those_of_the_network() -> None:
    setting = Setting(load_preset("tiny"), BATCH, CPU)
    encode, decode = compiled_parts(setting.network, "eager")
    with torch.no_grad():
        found = decode(encode(setting.image), setting.size)
        wanted = setting.network(setting.image)
    torch._dynamo.reset()
    torch.testing.assert_close(found, wanted)


def test_missing_compiler_is_a_reason() -> None:
    setting = Setting(load_preset("tiny"), BATCH, CPU)
    optimizer = torch.optim.SGD(setting.network.parameters(), lr=1e-3)
    failed = measure_compiled(setting, optimizer, 1, "nobackend")
    assert failed["backend"] == "nobackend"
    assert "nobackend" in failed["reason"]


def test_table(measured: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "gradnorm-overhead" in _markdown.TABLES
    monkeypatch.setattr(_markdown, "RESULTS", tmp_path)
    assert _markdown.TABLES["gradnorm-overhead"]().startswith("Not measured yet")
    result = {
        "command": "python -m benchmarks.speed.gradnorm",
        "hardware": {"gpu": None, "threads": 2},
        "settings": {"package": None},
        "presets": {"tiny": measured},
        "left_out": {"gradnorm_pytorch": "not installed"},
    }
    (tmp_path / "gradnorm-overhead-cpu.json").write_text(json.dumps(result))
    table = _markdown.TABLES["gradnorm-overhead"]()
    rows = [line for line in table.splitlines() if line.startswith("| `tiny`")]
    assert len(rows) == 3
    speed = BATCH / measured["median_seconds"]["exact"]
    first = f"| `tiny`, batch 2, 2 CPU threads | anascope | {speed:.2g} | 1.02 |"
    assert rows[0].startswith(first)
    assert "gradnorm-pytorch: not installed." in table
