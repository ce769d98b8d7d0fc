"""What each balancer of a preset costs: time and peak memory of its training step.

    python -m benchmarks.speed.balancers

Ratios are to the plain joint step: one forward, one sum, one backward. All steps run on one network
and one batch, turn by turn in a changing order, the optimizer's part included. Those of Jacobian
descent run at the parameters and at the features. A balancer that cannot be made here is left out,
with the reason.

Writes results/balancer-cost-cpu.json (or -gpu).
"""

from __future__ import annotations

import argparse
import gc
import json
import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, get_args

from anascope.balancing import AGGREGATORS
from anascope.environment import torch_device
from anascope.errors import InputError
from anascope.files import write_json
from anascope.presets import BalancingPreset, load_preset
from anascope.training import build_balancer
from anascope.words import TASK_NAMES
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.speed._shared import (
    compared,
    counts,
    make_optimizer,
    make_step,
    memory_in_new_process,
    peak_memory,
    time_in_turns,
)
from benchmarks.speed._ways import Balanced, Plain, Setting, Variant

REPEATS = {"tiny": 15}
NAMES = get_args(BalancingPreset.model_fields["balancer"].annotation)
BALANCERS = tuple(name for name in NAMES if name != "random")  # which nobody would choose
FEATURES = " at features"


def names_of_steps() -> list[str]:
    """Return ``plain``, the balancers, and those of Jacobian descent at the features as well."""
    cheap = [name + FEATURES for name in BALANCERS if name in AGGREGATORS]
    return ["plain", *BALANCERS, *cheap]


def make_variant(setting: Setting, name: str) -> Variant:
    """Return the step of that name.

    Raises:
        InputError: if its balancer cannot be made here.
    """
    if name == "plain":
        return Plain(setting, (1.0, 1.0, 1.0))
    changes = {"balancer": name.removesuffix(FEATURES)}
    if name.endswith(FEATURES):
        changes["jacobian"] = "features"
    preset = setting.preset.balancing.model_copy(update=changes)
    return Balanced(setting, build_balancer(preset, TASK_NAMES, setting.network))


def what_can_be_made(setting: Setting) -> tuple[list[str], dict[str, str]]:
    """Return the names of the steps that can be made, and why the others cannot."""
    made, left_out = [], {}
    for name in names_of_steps():
        try:
            make_variant(setting, name)
            made.append(name)
        except InputError as error:
            left_out[name] = str(error)
    return made, left_out


def measure(
    setting: Setting, repeats: int, memory: Mapping[str, Mapping[str, float]]
) -> dict[str, Any]:
    """Return ratios, medians, all times and memory.

    Args:
        setting: Network and batch.
        repeats: Rounds.
        memory: What ``peak_memory`` found of each step; these are measured.
    """
    optimizer = make_optimizer(setting)
    steps = {name: make_step(setting, make_variant(setting, name), optimizer) for name in memory}
    for step in steps.values():  # solvers are set up in their first step
        step()
    gc.collect()
    ratios, basis = compared(time_in_turns(steps, repeats), memory)
    return {"balancers": ratios, "batch_size": len(setting.image), "repeats": repeats, **basis}


def main() -> None:
    """Measure the presets and write the results."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--preset", action="append", help="tiny, small; may be repeated")
    parser.add_argument("--batch-size", action="append", default=[], metavar="PRESET=N")
    parser.add_argument("--repeats", action="append", default=[], metavar="PRESET=N")
    parser.add_argument("--accelerator", default="cpu", choices=["cpu", "gpu"])
    parser.add_argument("--memory-of", choices=names_of_steps(), help=argparse.SUPPRESS)
    given = parser.parse_args()
    device = torch_device(given.accelerator)
    batches, repeats = counts(given.batch_size, {}), counts(given.repeats, REPEATS)
    warnings.filterwarnings("ignore", "You are solving a parameterized problem")  # cvxpy
    if find_spec("torchjd"):
        import torchjd.aggregation  # noqa: F401  in every process, so that it weighs on all alike

    def setting_of(name: str) -> Setting:
        preset = load_preset(name)
        return Setting(preset, batches.get(name) or preset.training.batch_size, device)

    presets = given.preset or ["tiny", "small"]
    if given.memory_of:
        setting = setting_of(presets[0])
        print(json.dumps(peak_memory(setting, make_variant(setting, given.memory_of))))
        return
    measured: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for preset in presets:
        setting = setting_of(preset)
        names, left_out = what_can_be_made(setting)
        batch = len(setting.image)
        memory = {
            name: memory_in_new_process("speed.balancers", name, preset, batch, device)
            for name in names
        }
        measured[preset] = measure(setting, repeats.get(preset, 7), memory)
        _show(preset, measured[preset]["balancers"])
    kind = "gpu" if device.type == "cuda" else "cpu"
    write_json(
        given.out / f"balancer-cost-{kind}.json",
        {**environment(seed=0), "presets": measured, "left_out": left_out},
    )


def _show(preset: str, ratios: Mapping[str, Mapping[str, Any]]) -> None:
    for name, found in ratios.items():
        low, high = found["time_ratio_range"]
        print(
            f"{preset} {name}: time ratio {found['time_ratio']:.3f} [{low:.3f}, {high:.3f}], "
            f"memory ratio {found['memory_ratio']:.3f}"
        )


if __name__ == "__main__":
    main()
