"""How training steps are compared: turn by turn, and each one's memory in a process of its own."""

from __future__ import annotations

import ctypes
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import torch

from benchmarks.memory import peak_mib
from benchmarks.speed._ways import Setting, Variant


def make_optimizer(setting: Setting) -> torch.optim.Optimizer:
    """Return the network's Adam with its state made, as every step but the first finds it."""
    parameters = list(setting.network.parameters())
    optimizer = torch.optim.Adam(parameters, lr=setting.preset.training.learning_rate)
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()  # without a gradient nothing moves
    optimizer.zero_grad(set_to_none=True)
    return optimizer


def make_step(
    setting: Setting, variant: Variant, optimizer: torch.optim.Optimizer
) -> Callable[[], None]:
    """Return the whole training step of a variant."""

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        variant.run()
        optimizer.step()
        if setting.device.type == "cuda":
            torch.cuda.synchronize()

    return step


SLOW = ("naive", "first_order", "gradnorm_pytorch")
"""Ways whose cost shows in a few rounds; close to the plain step many are needed."""
_SLOW_ROUNDS = 2


def time_in_turns(steps: Mapping[str, Callable[[], None]], repeats: int) -> dict[str, list[float]]:
    """Return the seconds of each step, each round beginning with another one.

    Before each, memory that the last one left goes back to the system: else a step would be fast
    or slow by what its predecessor needed. :data:`SLOW` ones are in the first two rounds alone.
    """
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for each in range(repeats):
        names = [name for name in steps if each < _SLOW_ROUNDS or name not in SLOW]
        turn = each % len(names)
        for name in names[turn:] + names[:turn]:
            give_back_memory()
            started = time.perf_counter()
            steps[name]()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def give_back_memory() -> None:
    """Collect garbage, and have the C library give what is free back to the system (Linux)."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def ratio(seconds: Sequence[float], others: Sequence[float]) -> dict[str, Any]:
    """Return the ratio of the medians, and the least and largest ratio within a round.

    Where one took part in fewer rounds, the other counts for those alone.
    """
    rounds = min(len(seconds), len(others))
    seconds, others = seconds[:rounds], others[:rounds]
    paired = [one / other for one, other in zip(seconds, others, strict=True)]
    return {
        "time_ratio": statistics.median(seconds) / statistics.median(others),
        "time_ratio_range": [min(paired), max(paired)],
    }


def compared(
    seconds: Mapping[str, Sequence[float]], memory: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the ratios to the step ``plain`` by name, and what they are computed from.

    Args:
        seconds: By name, of each round.
        memory: By name, what :func:`peak_memory` found.
    """
    peaks = {name: each["peak_memory_mib"] for name, each in memory.items()}
    ratios = {
        name: {
            **ratio(times, seconds["plain"]),
            "memory_ratio": peaks[name] / peaks["plain"],
        }
        for name, times in seconds.items()
        if name != "plain"
    }
    return ratios, {
        "median_seconds": {name: statistics.median(times) for name, times in seconds.items()},
        "all_seconds": dict(seconds),
        "peak_memory_mib": peaks,
        "memory_before_the_steps_mib": {
            name: each["memory_before_mib"] for name, each in memory.items()
        },
    }


def peak_memory(setting: Setting, variant: Variant) -> dict[str, float]:
    """Return the most memory that a step took: resident set on a CPU, allocated on a GPU."""
    step = make_step(setting, variant, make_optimizer(setting))

    def peak() -> float:
        if setting.device.type == "cuda":
            return torch.cuda.max_memory_allocated() / 2**20
        return peak_mib()

    before = peak()
    step()
    return {"memory_before_mib": before, "peak_memory_mib": peak()}


def memory_in_new_process(
    benchmark: str, name: str, preset: str, batch: int, device: torch.device, *more: str
) -> dict[str, float]:
    """Return what ``benchmark``, started anew, prints of the memory of the step ``name``."""
    arguments = ["--memory-of", name, "--preset", preset, "--batch-size", f"{preset}={batch}"]
    arguments += ["--accelerator", "gpu" if device.type == "cuda" else "cpu", *more]
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def counts(texts: Sequence[str], defaults: Mapping[str, int]) -> dict[str, int]:
    """Read ``PRESET=N`` over the defaults."""
    return {**defaults, **{name: int(n) for name, n in (text.split("=") for text in texts)}}
