"""What the published study costs on the whole I3A Task 2 set: computed, not measured.

    python -m benchmarks.study.cost

Counts the floating-point operations of a training step and of a prediction of preset `paper`
(nothing is computed: tensors without storage), multiplies by the patches of the 40 runs of the
study `paper`, and divides by throughputs that are assumed: parts of the peak of a GPU. What a run
and the driver add is taken from results/study-driver.json. Writes results/study-cost.json.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import ceil
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from anascope.balancing import GradNorm, SharedFeatures
from anascope.files import read_json, write_json
from anascope.models import build_network
from anascope.presets import Preset, load_preset
from anascope.studies import load_study
from anascope.tasks import MultiTaskLoss
from anascope.words import TASK_NAMES, PatternSpace, Vocabulary
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment
from benchmarks.speed._ways import CLASSES

PATIENTS, FIELDS, PATCHES = 252, 4, 15  # I3A Task 2: fields of a patient, patches of a field
# Dense bf16 in TFLOP/s, from the makers' data sheets.
PEAKS = {"H200": 989.0, "A100": 312.0}


def flop(preset: Preset, batch: int) -> dict[str, float]:
    """Return the operations of a training step and of a prediction, per patch.

    A multiplication and an addition count as two. Counted are convolutions and products of
    matrices: all but a few thousandths.
    """
    with torch.device("meta"):
        network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
        side = preset.image.network_size
        image = torch.empty(batch, len(preset.image.views), side, side)
        targets = {
            "mask": torch.empty(batch, side, side, dtype=torch.uint8),
            "pattern": torch.empty(batch, len(CLASSES), dtype=torch.bool),
            "intensity": torch.empty(batch, 1),
        }
    balancer = GradNorm(
        TASK_NAMES,
        network.last_shared_weight,
        alpha=preset.balancing.alpha,
        learning_rate=preset.balancing.learning_rate,
    ).to("meta")
    with FlopCounterMode(display=False) as step:
        shared = SharedFeatures(network.encode(image))
        prediction = network.decode(shared.leaves, (side, side))
        losses = MultiTaskLoss(preset.loss)(prediction, targets)
        balancer.backward(losses, shared)
    with torch.no_grad(), FlopCounterMode(display=False) as look:
        network.decode(network.encode(image), (side, side))
    return {
        "training_step": step.get_total_flops() / batch,
        "prediction": look.get_total_flops() / batch,
    }


def runs_of_study() -> list[dict[str, int]]:
    """Return epochs and patches of each run of the study `paper`."""
    study = load_study("paper")
    base = load_preset(study.preset, study.changes)
    folds, of_training = study.folds.count, study.folds.validation_share
    test = [len(range(fold, PATIENTS, folds)) for fold in range(folds)]
    runs = []
    for training in study.trainings():
        for tested in test:
            validated = round((PATIENTS - tested) * of_training)
            runs.append(
                {
                    "epochs": int(training.changes.get("training.epochs", base.training.epochs)),
                    "train_patches": (PATIENTS - tested - validated) * FIELDS * PATCHES,
                    "validation_patches": validated * FIELDS * PATCHES,
                    "test_patches": tested * FIELDS * PATCHES,
                }
            )
    return runs


def flop_of_run(run: dict[str, int], per_patch: dict[str, float]) -> float:
    """Return the operations of a run: its epochs with validation, and one look at the test."""
    epoch = run["train_patches"] * per_patch["training_step"]
    epoch += run["validation_patches"] * per_patch["prediction"]
    return run["epochs"] * epoch + run["test_patches"] * per_patch["prediction"]


def makespan(seconds: Sequence[float], places: int) -> float:
    """Return when the last run ends if the longest waiting run goes to the first free place.

    >>> makespan([2, 2, 1, 1, 1, 1], 3)
    3.0
    """
    ends = [0.0] * places
    for each in sorted(seconds, reverse=True):
        heapq.heappush(ends, heapq.heappop(ends) + each)
    return max(ends)


def around_a_run() -> dict[str, float]:
    """Return the seconds a run spends outside its epochs, and those of the driver."""
    result: dict[str, Any] = read_json(RESULTS / "study-driver.json")
    # The first run of a worker, which has everything to import: on GPUs each run has its own.
    first = result["real_runs"][0]
    grids = [grid for grid in result["grids"] if grid["executor"] == "ray"]
    return {
        "begin_and_finish": first["begin_seconds"] + first["finish_seconds"],
        "driver": max(grid["ms_per_run"] for grid in grids) / 1000,
    }


def main() -> None:
    """Compute the cost and write it."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--peak", action="append", metavar="NAME=TFLOP/S", help="of another GPU")
    parser.add_argument(
        "--share", type=float, action="append", help="of the peak that is sustained"
    )
    parser.add_argument("--gpus", type=int, default=8)
    given = parser.parse_args()
    named = (text.split("=") for text in given.peak or ())
    peaks = {name: float(peak) for name, peak in named} or PEAKS
    shares = given.share or [0.25, 0.5]
    preset = load_preset("paper")
    batch = preset.training.batch_size
    per_patch = flop(preset, batch)
    runs = runs_of_study()
    operations = [flop_of_run(run, per_patch) for run in runs]
    around = around_a_run()
    rows = []
    for name, peak in peaks.items():
        for share in shares:
            rate = share * peak * 1e12
            seconds = [each / rate + sum(around.values()) for each in operations]
            rows.append(
                {
                    "gpu": name,
                    "share_of_peak": share,
                    "tflop_per_second": share * peak,
                    "patches_per_second": rate / per_patch["training_step"],
                    "hours_on_one": sum(seconds) / 3600,
                    "hours_longest_first": makespan(seconds, given.gpus) / 3600,
                    "hours_if_divisible": sum(seconds) / given.gpus / 3600,
                    "share_around_runs": len(runs) * sum(around.values()) / sum(seconds),
                }
            )
    result = {
        **environment(preset="paper", batch_size=batch, gpus=given.gpus, shares=shares),
        "kind": "computed from counted operations and assumed throughputs, not measured",
        "patches": PATIENTS * FIELDS * PATCHES,
        "runs": len(runs),
        "epochs": sum(run["epochs"] for run in runs),
        "training_steps": sum(run["epochs"] * ceil(run["train_patches"] / batch) for run in runs),
        "flop_per_patch": per_patch,
        "flop": sum(operations),
        "seconds_around_a_run": around,
        "throughputs": rows,
    }
    write_json(given.out / "study-cost.json", result)
    print(f"{result['flop']:.3g} FLOP in {result['runs']} runs, {result['training_steps']} steps")
    for row in rows:
        print(
            f"{row['gpu']} at {row['share_of_peak']:.0%} of its peak: {row['hours_on_one']:.1f} h, "
            f"on {given.gpus} of them {row['hours_longest_first']:.1f} h"
        )


if __name__ == "__main__":
    main()
