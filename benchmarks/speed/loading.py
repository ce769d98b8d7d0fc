"""What it takes a run to load its cohort, beside all else that it takes: is sharing worth it?

    python -m benchmarks.speed.loading --cohort work/mivia

Runs of a study that share a GPU are processes, each of which reads, checks and scales the fields
of its cohort itself and keeps them on the device. Measured is the processor time of that, for all
fields of the cohort; beside it stand the bytes that they take on the device, and those of the
whole run there as `study run --jobs auto` counts them. Writes results/loading.json.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import torch

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.presets import Preset, load_preset
from anascope.tasks import tasks_named
from anascope.training import run_memory, vocabulary_of
from anascope.training.inputs import ResidentFields
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

PRESETS = ("paper", "small")


def loading(preset: Preset, cohort: Cohort, rounds: int) -> dict[str, Any]:
    """Return processor seconds and bytes of loading ``cohort``, and the bytes of a run."""
    seconds = [_seconds(preset, cohort) for _ in range(rounds)]
    scale = [preset.image.scale_of(field.pixel_size_um, field.field) for field in cohort.fields]
    pixels = [
        round(field.window.height * by) * round(field.window.width * by)
        for field, by in zip(cohort.fields, scale, strict=True)
    ]
    # Levels as bytes, where they are resized as half floats; the truth as bytes.
    bytes_of_fields = sum(pixels) * (2 if all(by == 1 for by in scale) else 3)
    of_run = run_memory(preset, cohort, torch.device("cuda"))
    return {
        "processor_seconds": median(seconds),
        "rounds": seconds,
        "bytes_of_fields": bytes_of_fields,
        "bytes_of_a_run": of_run,
        "share_of_memory": bytes_of_fields / of_run,
    }


def _seconds(preset: Preset, cohort: Cohort) -> float:
    began = time.process_time()
    ResidentFields(
        cohort,
        cohort.fields,
        image=preset.image,
        vocabulary=vocabulary_of(preset, cohort),
        tasks=tasks_named(preset.tasks),
    )
    return time.process_time() - began


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--cohort", type=Path, required=True, help="a prepared cohort")
    parser.add_argument("--rounds", type=int, default=5, help="of each preset [%(default)s]")
    given = parser.parse_args()
    cohort = Cohort.open(given.cohort)
    found = {name: loading(load_preset(name), cohort, given.rounds) for name in PRESETS}
    for name, row in found.items():
        print(f"{name}: {row}", flush=True)
    settings = environment(fields=len(cohort.fields), rounds=given.rounds)
    write_json(given.out / "loading.json", {**settings, "presets": found})


if __name__ == "__main__":
    main()
