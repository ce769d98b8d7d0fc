"""A training that goes on a few steps at a time, whenever it is told to.

It is made of what the library offers to all, so that it serves older versions of it as well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.presets import load_preset
from anascope.training import StepDone, fit, new_run
from anascope.workers import Event
from benchmarks.memory import peak_mib

KINDS: Mapping[str, Sequence[str]] = {
    "convolutions and matrix products": ("convolution", "conv2d", "addmm", "::mm", "::bmm"),
    "batch normalisation": ("batch_norm",),
    "activations": ("threshold", "hardtanh", "clamp_min", "sigmoid"),
    "resizing and pooling": ("upsample", "pool", "grid_sampl", "pad2d"),
    "copies, fills and layout": ("copy_", "fill_", "::cat", "zero_"),
    "the optimiser": ("adam", "foreach", "addcdiv", "addcmul", "lerp"),
}
"""Kinds of operations by parts of their names; the first that fits counts."""
OTHER = "everything else"
_STEPS = 2000  # of the epoch, more than anyone waits for


def train_in_turns(
    preset_name: str, cohort: Path, folder: Path, *, batch: int, threads: int
) -> None:
    """Train a preset on the CPU until told to end, see :class:`Turns`.

    Args:
        preset_name: The preset.
        cohort: What it is trained on.
        folder: Where its run goes.
        batch: Patches in a step.
        threads: Of the CPU.
    """
    torch.set_num_threads(threads)
    changes = {
        "sampling.patches": batch * _STEPS,
        "training.batch_size": batch,
        "training.epochs": 1,
    }
    opened = Cohort.open(cohort)
    run = new_run(
        folder,
        preset=load_preset(preset_name, changes),
        cohort=opened,
        plan=draw_folds(opened),
        fold="A",
    )
    fit(run, accelerator="cpu", watcher=Turns())


class Turns:
    """Watches a training: says in a line how long its last steps took, and waits for an order.

    Orders are lines as well: ``go``; ``profile``, which is to go on and say on what kinds of
    operations the time was spent; anything else ends the process.
    """

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()
        self._step = 0
        self._profiler: Any = None

    def __call__(self, event: Event) -> None:
        """Say what the last steps took, and wait."""
        if not isinstance(event, StepDone):
            return
        clock, cpu = self._began
        steps = event.step - self._step
        turn: dict[str, Any] = {
            "seconds": (time.perf_counter() - clock) / steps,
            "cpu_seconds": (time.process_time() - cpu) / steps,
            "losses": event.losses,
            "peak_mib": peak_mib(),
        }
        if self._profiler is not None:
            self._profiler.stop()
            turn["milliseconds"] = by_kind(self._profiler, steps)
            self._profiler = None
        print(json.dumps(turn), flush=True)
        order = sys.stdin.readline().strip()
        if order == "profile":
            self._profiler = profile(activities=[ProfilerActivity.CPU])
            self._profiler.start()
        elif order != "go":
            os._exit(0)  # a training has no other end than its last epoch
        self._step = event.step
        self._began = time.perf_counter(), time.process_time()


def by_kind(profiler: Any, steps: int) -> dict[str, float]:
    """Return the milliseconds of a step that operations took by themselves, by kind."""
    found: dict[str, float] = defaultdict(float)
    for each in profiler.key_averages():
        name = each.key.lower()
        kind = next((k for k, parts in KINDS.items() if any(p in name for p in parts)), OTHER)
        found[kind] += each.self_cpu_time_total / 1000 / steps
    return dict(found)
