"""What GradNorm adds to the plain joint step: this library's, and as others write it.

    python -m benchmarks.speed.gradnorm --json

All variants (see ``benchmarks/speed/_ways.py``) run on one network and one batch, turn by
turn in a changing order, so that a noisy machine disturbs all alike. A ratio is that of the
medians; its range is that of the ratios within a round. Peak memory is measured in a process of
its own for each variant. Before anything is timed, norms, weights and every parameter's gradient
are compared with plain autograd.

The package gradnorm-pytorch takes part if a folder with it is named; it is no requirement of
anascope. It is made, without a second PyTorch, by

    python -m pip install --no-deps --target work/gradnorm-pytorch \
        gradnorm-pytorch==0.2.3 accelerate beartype einops psutil huggingface-hub

and that folder is looked for if ``--gradnorm-pytorch`` does not name another. ``--compile`` adds
``torch.compile``: it needs a C++ compiler, and minutes. Writes results/gradnorm-overhead-cpu.json
(or -gpu).
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from anascope.environment import torch_device
from anascope.files import write_json
from anascope.presets import load_preset
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment
from benchmarks.speed._shared import (
    compared,
    counts,
    make_optimizer,
    make_step,
    memory_in_new_process,
    peak_memory,
    ratio,
    time_in_turns,
)
from benchmarks.speed._ways import (
    VARIANTS,
    Exact,
    Plain,
    Setting,
    Variant,
    compiled_parts,
)

BATCHES = {"paper": 2}  # of 8, which does not fit into every machine's memory
REPEATS = {"paper": 3, "small": 9}
ONES = (1.0, 1.0, 1.0)
UNEQUAL = (0.5, 1.0, 1.5)
FOLDER = RESULTS.parent / "work" / "gradnorm-pytorch"


def take_in_package(folder: Path) -> str | None:
    """Make gradnorm-pytorch importable from ``folder``; return why it is not, if so."""
    if not folder.is_dir():
        return f"not installed: no folder {folder.name}; see the head of the script"
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # behind the packages that are installed
    try:
        importlib.import_module("gradnorm_pytorch")
    except ImportError as error:
        return f"cannot be imported: {error}"
    return None


def relative_difference(found: Sequence[Tensor], wanted: Sequence[Tensor]) -> float:
    """Return ``‖a − b‖ / ‖b‖`` of all tensors taken as one vector.

    Not tensor by tensor: a bias before a batch norm has no gradient but rounding errors.
    """
    apart = [torch.linalg.vector_norm(a - b) for a, b in zip(found, wanted, strict=True)]
    whole = [torch.linalg.vector_norm(b) for b in wanted]
    return float(torch.stack(apart).norm() / torch.stack(whole).norm())


def compare(
    setting: Setting,
    variants: Mapping[str, Variant],
    baseline: str,
    counter: FlopCounterMode | None = None,
) -> dict[str, Any]:
    """Run every variant once from unequal weights; return how far apart they come out.

    Args:
        setting: Network and batch; its gradients are left empty.
        variants: By name, fresh, with equal weights; ``plain`` gives the gradients that the
            others are compared with.
        baseline: Which of them gives the norms and weights.
        counter: Counts the operations of each, if given.
    """
    network = setting.network
    flop: dict[str, int] = {}

    def run(name: str) -> None:
        network.zero_grad(set_to_none=True)
        with counter or nullcontext():
            variants[name].run()
        if counter:
            flop[name] = counter.get_total_flops()

    run("plain")
    wanted = setting.gradients()
    norms: dict[str, Tensor] = {}
    weights: dict[str, Tensor] = {}
    gradients: dict[str, float] = {}
    for name, variant in variants.items():
        if name == "plain":
            continue
        run(name)
        gradients[name] = relative_difference(setting.gradients(copied=False), wanted)
        weights[name] = variant.weights.detach().clone()
        if variant.norms is not None:
            norms[name] = variant.norms.clone()
    network.zero_grad(set_to_none=True)

    def apart(values: dict[str, Tensor]) -> dict[str, float]:
        wanted = values.pop(baseline)
        return {
            name: float(((value - wanted) / wanted).abs().max()) for name, value in values.items()
        }

    return {
        "gradient_relative_difference_to_plain": gradients,
        "norms": norms[baseline].tolist(),
        f"norms_max_relative_difference_to_{baseline}": apart(norms),
        f"weights_max_relative_difference_to_{baseline}": apart(weights),
        "flop": flop,
    }


def measure(
    preset_name: str,
    repeats: int,
    memory: Mapping[str, Mapping[str, float]],
    batch: int,
    device: torch.device,
    backend: str | None = None,
) -> dict[str, Any]:
    """Return ratios, medians, all times, memory and differences of one preset.

    Args:
        preset_name: The preset.
        repeats: Rounds.
        memory: What ``peak_memory`` found of each variant; these are measured.
        batch: Patches in the batch.
        device: Where to run.
        backend: Of ``torch.compile``; None leaves it out.
    """
    names = list(memory)
    setting = Setting(load_preset(preset_name), batch, device)
    # Forward and backward of every variant run here once before anything is timed.
    agreement = compare(
        setting,
        {name: VARIANTS[name](setting, UNEQUAL) for name in names},
        "naive",
        FlopCounterMode(display=False),
    )
    flop = agreement.pop("flop")
    gc.collect()
    optimizer = make_optimizer(setting)
    variants = {name: VARIANTS[name](setting, ONES) for name in names}
    steps = {name: make_step(setting, each, optimizer) for name, each in variants.items()}
    seconds = time_in_turns(steps, repeats)
    ratios, basis = compared(seconds, memory)
    for name, found in ratios.items():
        found["flop_ratio"] = flop[name] / flop["plain"]
    result: dict[str, Any] = {
        **ratios,
        "batch_size": batch,
        "repeats": repeats,
        **basis,
        "flop": flop,
        "agreement": agreement,
    }
    if backend:
        result["compiled"] = measure_compiled(setting, optimizer, repeats, backend)
    return result


def measure_compiled(
    setting: Setting, optimizer: torch.optim.Optimizer, repeats: int, backend: str
) -> dict[str, Any]:
    """Return what ``torch.compile`` makes of the plain step and of the exact one."""
    started = time.perf_counter()
    try:
        encode, decode = compiled_parts(setting.network, backend)
        whole: Any = torch.compile(setting.network, backend=backend)
    except Exception as error:
        return _reason(backend, error)

    def variants(weights: Sequence[float]) -> dict[str, Variant]:
        return {
            "plain": Plain(setting, weights),
            "plain_compiled": Plain(setting, weights, whole),
            "exact": Exact(setting, weights),
            "exact_compiled": Exact(setting, weights, encode, decode),
        }

    try:
        agreement = compare(setting, variants(UNEQUAL), "exact")
    except Exception as error:
        return _reason(backend, error)
    compiling = time.perf_counter() - started
    steps = {name: make_step(setting, each, optimizer) for name, each in variants(ONES).items()}
    for step in [*steps.values(), *steps.values()]:  # a second call may compile once more
        step()
    seconds = time_in_turns(steps, repeats)
    return {
        "backend": backend,
        "seconds_of_first_step": compiling,
        "plain": ratio(seconds["plain_compiled"], seconds["plain"]),
        "exact": ratio(seconds["exact_compiled"], seconds["exact"]),
        "exact_to_plain": ratio(seconds["exact_compiled"], seconds["plain_compiled"]),
        "all_seconds": seconds,
        "agreement": {key: value for key, value in agreement.items() if key != "flop"},
    }


def _reason(backend: str, error: Exception) -> dict[str, Any]:
    """Many things can be missing for a compiler; the rest of the results stands without it."""
    return {"backend": backend, "reason": f"{type(error).__name__}: {error}".splitlines()[0]}


def main() -> None:
    """Measure the presets and write the results."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--preset", action="append", help="small, paper; may be repeated")
    parser.add_argument("--batch-size", action="append", default=[], metavar="PRESET=N")
    parser.add_argument("--repeats", action="append", default=[], metavar="PRESET=N")
    parser.add_argument("--accelerator", default="cpu", choices=["cpu", "gpu"])
    parser.add_argument("--gradnorm-pytorch", type=Path, default=FOLDER, metavar="FOLDER")
    parser.add_argument("--compile", action="store_true", help="measure torch.compile as well")
    parser.add_argument("--backend", default="inductor", help="of torch.compile")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    parser.add_argument("--memory-of", choices=sorted(VARIANTS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    device = torch_device(given.accelerator)
    presets = given.preset or ["small", "paper"]
    batches = counts(given.batch_size, BATCHES)
    repeats = counts(given.repeats, REPEATS)

    def batch_of(preset: str) -> int:
        return batches.get(preset) or load_preset(preset).training.batch_size

    folder: Path = given.gradnorm_pytorch
    missing = take_in_package(folder)  # in every process, so that it weighs on all alike
    if given.memory_of:
        setting = Setting(load_preset(presets[0]), batch_of(presets[0]), device)
        print(json.dumps(peak_memory(setting, VARIANTS[given.memory_of](setting, ONES))))
        return
    names = [name for name in VARIANTS if name != "gradnorm_pytorch" or not missing]
    measured: dict[str, Any] = {}
    for preset in presets:
        batch = batch_of(preset)
        memory = {
            name: memory_in_new_process(
                "speed.gradnorm", name, preset, batch, device, "--gradnorm-pytorch", str(folder)
            )
            for name in names
        }
        backend = given.backend if given.compile else None
        measured[preset] = measure(preset, repeats.get(preset, 5), memory, batch, device, backend)
    kind = "gpu" if device.type == "cuda" else "cpu"
    written = {
        **environment(
            seed=0, package=None if missing else f"gradnorm-pytorch {version('gradnorm-pytorch')}"
        ),
        "presets": measured,
        "left_out": {"gradnorm_pytorch": missing} if missing else {},
    }
    write_json(given.out / f"gradnorm-overhead-{kind}.json", written)
    _show(measured, names, missing, as_json=given.json)


def _show(
    measured: Mapping[str, Any], names: Sequence[str], missing: str | None, *, as_json: bool
) -> None:
    keys = ("time_ratio", "time_ratio_range", "memory_ratio", "flop_ratio")
    shown = {
        preset: {name: {key: found[name][key] for key in keys} for name in names if name in found}
        for preset, found in measured.items()
    }
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    for preset, by_name in shown.items():
        for name, values in by_name.items():
            low, high = values["time_ratio_range"]
            print(
                f"{preset} {name}: time ratio {values['time_ratio']:.3f} "
                f"[{low:.3f}, {high:.3f}], memory ratio {values['memory_ratio']:.3f}, "
                f"operations ratio {values['flop_ratio']:.3f}"
            )
    if missing:
        print(f"gradnorm_pytorch: {missing}")


if __name__ == "__main__":
    main()
