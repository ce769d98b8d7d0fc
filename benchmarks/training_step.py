"""The training step: patches a second, peak memory, and what GradNorm adds to the plain step.

    python -m benchmarks.training_step --preset small --preset paper --batch-size paper=2

Both steps run in one process, turn by turn, so that a noisy machine disturbs both alike; the
ratio is that of the medians. Peak memory is measured in a process of its own for each.
Writes results/training-step-cpu.json (or -gpu).
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from anascope.balancing import Balancer, FixedWeights, GradNorm, SharedFeatures
from anascope.files import write_json
from anascope.losses import TASKS, MultiTaskLoss, Targets
from anascope.models import build_network
from anascope.presets import Preset, load_preset
from anascope.training import torch_device
from anascope.words import IntensityScale, PatternSpace
from benchmarks.environment import RESULTS, environment

CLASSES = (
    "homogeneous",
    "speckled",
    "nucleolar",
    "centromere",
    "golgi",
    "nuclear envelope",
    "mitotic spindle",
)
STEPS = ("plain", "gradnorm")


def make_step(name: str, preset: Preset, batch: int, device: torch.device) -> Callable[[], None]:
    """Return a training step of the preset's network on a random batch."""
    space, scale = PatternSpace(CLASSES), IntensityScale()
    network = build_network(preset, space, scale).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=preset.training.learning_rate)
    balancer: Balancer = FixedWeights(TASKS)
    if name == "gradnorm":
        balancer = GradNorm(
            TASKS,
            network.last_shared_weight,
            alpha=preset.balancing.alpha,
            learning_rate=preset.balancing.learning_rate,
        )
    balancer.to(device)
    criterion = MultiTaskLoss(preset.loss.mask)
    side = preset.image.network_size
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(batch, len(preset.image.views), side, side, generator=generator)
    image = image.to(device).contiguous(memory_format=torch.channels_last)
    targets = Targets(
        mask=torch.randint(0, 2, (batch, side, side), generator=generator).byte().to(device),
        pattern=torch.eye(len(CLASSES), dtype=torch.bool)[[i % 7 for i in range(batch)]].to(device),
        intensity=torch.randint(0, 2, (batch, 1), generator=generator).float().to(device),
    )
    precise = device.type == "cpu"

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=not precise):
            shared = SharedFeatures(network.encode(image))
            prediction = network.decode(shared.leaves, (side, side))
            losses = criterion.per_task(prediction, targets)
        balancer.backward(losses, shared)
        optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize()

    return step


def peak_memory_mib(name: str, preset: Preset, batch: int, device: torch.device) -> float:
    """Return the most memory that two steps took: resident set on a CPU, allocated on a GPU."""
    step = make_step(name, preset, batch, device)
    for _ in range(2):
        step()
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(preset_name: str, batch: int, repeats: int, device: torch.device) -> dict[str, Any]:
    """Return times, memory and ratios of one preset."""
    preset = load_preset(preset_name)
    memory = {name: _memory_in_new_process(name, preset_name, batch, device) for name in STEPS}
    # One network at a time: two of `paper` with their optimizers would not fit into 24 GB.
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    steps = {name: make_step(name, preset, batch, device) for name in STEPS}
    for step in steps.values():
        step()
    for _ in range(repeats):
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            seconds[name].append(time.perf_counter() - started)
    median = {name: statistics.median(times) for name, times in seconds.items()}
    return {
        "batch_size": batch,
        "seconds_per_step": median,
        "patches_per_second": {name: batch / median[name] for name in STEPS},
        "peak_memory_mib": memory,
        "time_ratio": median["gradnorm"] / median["plain"],
        "memory_ratio": memory["gradnorm"] / memory["plain"],
        "all_seconds": seconds,
    }


def _memory_in_new_process(name: str, preset: str, batch: int, device: torch.device) -> float:
    arguments = ["--memory-of", name, "--preset", preset, "--batch-size", f"{preset}={batch}"]
    arguments += ["--accelerator", "gpu" if device.type == "cuda" else "cpu"]
    command = [sys.executable, "-m", "benchmarks.training_step", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["peak_memory_mib"])


def main() -> None:
    """Measure the presets and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", action="append", help="small, paper; may be repeated")
    parser.add_argument("--batch-size", action="append", default=[], metavar="PRESET=N")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    parser.add_argument("--memory-of", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    device = torch_device(given.accelerator)
    batches = {name: int(count) for name, count in (text.split("=") for text in given.batch_size)}
    names = given.preset or ["small", "paper"]

    def batch_of(name: str) -> int:
        return batches.get(name, load_preset(name).training.batch_size)

    if given.memory_of:
        name = names[0]
        peak = peak_memory_mib(given.memory_of, load_preset(name), batch_of(name), device)
        print(json.dumps({"peak_memory_mib": peak}))
        return
    path = RESULTS / f"training-step-{'gpu' if device.type == 'cuda' else 'cpu'}.json"
    measured = {name: measure(name, batch_of(name), given.repeats, device) for name in names}
    write_json(path, {**environment(repeats=given.repeats, seed=0), "presets": measured})
    for name, result in measured.items():
        print(
            f"{name}: {result['patches_per_second']['gradnorm']:.2f} patches/s, "
            f"{result['peak_memory_mib']['gradnorm']:.0f} MiB, "
            f"time ratio {result['time_ratio']:.3f}, memory ratio {result['memory_ratio']:.3f}"
        )


if __name__ == "__main__":
    main()
