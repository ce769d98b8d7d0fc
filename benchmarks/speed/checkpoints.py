"""What a training writes to the disk, and what it costs to write a checkpoint beside the training.

    python -m benchmarks.speed.checkpoints DATA

1. Measured: one run of 15 epochs of 34 steps, of preset ``tiny`` on small patches of MIVIA (DATA
   holds ``mivia-hep2``), with a checkpoint after every epoch, and with the default, by time. The
   bytes that the process hands to the system (Linux) are counted, and the seconds.
2. Computed from the numbers that its network has: the same of preset ``paper``, as one run and as a
   run of a study, and with the model written after every epoch as well, as versions before did it.
3. Measured: a state as large as that of ``paper`` is written by the thread that writes checkpoints,
   while this one does short pieces of work: how long the writing takes, and how long the work is
   held up. It takes 4 GB of memory and of the disk; ``--without-large`` leaves it out.

Writes results/checkpoint-bytes.json.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.files import write_json
from anascope.models import network_without_numbers
from anascope.presets import Preset, load_preset
from anascope.training import CheckpointWriter, fit, new_run, run_disk
from anascope.words import PatternSpace, Vocabulary
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.sets import mivia_cohort
from benchmarks.speed._ways import CLASSES

EPOCHS, STEPS = 15, 34
SMALL = {
    "image.scale": 0.0625,
    "network.width": 16,
    "training.epochs": EPOCHS,
    "training.select": "last",
}
PIECE = 0.002  # seconds of work between two looks at the clock


def written_by_this_process() -> int:
    """Return how many bytes this process has handed to the system to write."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])


def measured(cohort: Cohort, minutes: float) -> dict[str, float]:
    """Return bytes and seconds of one small run with so many minutes between checkpoints."""
    plan = draw_folds(cohort)
    preset = load_preset("tiny", SMALL | {"training.checkpoint_minutes": minutes})
    preset = with_steps(preset)
    with tempfile.TemporaryDirectory() as folder:
        run = new_run(Path(folder) / "run", preset=preset, cohort=cohort, plan=plan, fold="A")
        before, started = written_by_this_process(), time.perf_counter()
        fit(run, accelerator="cpu")
        seconds = time.perf_counter() - started
        return {
            "bytes": written_by_this_process() - before,
            "seconds": seconds,
            "checkpoint": sum(path.stat().st_size for path in run.checkpoints.iterdir()),
            "model": sum(path.stat().st_size for path in run.model.iterdir()),
        }


def with_steps(preset: Preset) -> Preset:
    """Return a preset whose epochs have as many steps as the published study's have on MIVIA."""
    sampling = preset.sampling.model_copy(
        update={"patches": STEPS * preset.training.batch_size, "even_patterns": True}
    )
    return preset.model_copy(update={"sampling": sampling})


def computed(cohort: Cohort) -> dict[str, float]:
    """Return the bytes of a run of ``paper``: 15 epochs that take less than the minutes."""
    preset = load_preset("paper", {"training.epochs": EPOCHS})
    disk = run_disk(preset, cohort)
    return {
        "checkpoint": disk.checkpoint,
        "model": disk.model,
        "before": EPOCHS * (disk.checkpoint + disk.model),
        "now": disk.checkpoint + disk.model,
        "now_in_a_study": disk.model,
        "more_each_checkpoint_minutes": disk.checkpoint,
        "minutes": preset.training.checkpoint_minutes,
    }


def beside(folder: Path) -> dict[str, float]:
    """Return how long a state of the size of ``paper``'s takes to write, and holds up this thread.

    This thread does what one does that has a GPU compute: it is back at work every few
    milliseconds. How long that takes alone is measured before.
    """
    vocabulary = Vocabulary(PatternSpace(CLASSES))
    network = network_without_numbers(load_preset("paper"), vocabulary)
    weights = {
        name: torch.zeros(t.shape, dtype=t.dtype) for name, t in network.state_dict().items()
    }
    moments = [[torch.zeros(p.shape) for _ in range(2)] for p in network.parameters()]
    writer = CheckpointWriter(folder, keep="last", newest=0, device=torch.device("cpu"))
    alone = [a_piece() for _ in range(1000)]
    started = time.perf_counter()
    writer.begin({"epoch": 1, "network": weights, "moments": moments})
    pieces = []
    while writer.is_writing:
        pieces.append(a_piece())
    seconds = time.perf_counter() - started
    writer.finish()
    return {
        "bytes": (folder / "epoch-001.pt").stat().st_size,
        "seconds": seconds,
        "held_up_seconds": sum(pieces) - len(pieces) * sum(alone) / len(alone),
        "longest_seconds": max(pieces),
        "longest_alone_seconds": max(alone),
    }


def a_piece() -> float:
    """Wait a moment, as for a GPU that computes, and return the seconds that it took."""
    before = time.perf_counter()
    time.sleep(PIECE)
    return time.perf_counter() - before


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2")
    parser.add_argument("--without-large", action="store_true", help="no state of paper's size")
    given = parser.parse_args()
    cohort = mivia_cohort(given.data, given.work)
    found: dict[str, Any] = {
        "small": {
            "every_epoch": measured(cohort, 0),
            "by_time": measured(cohort, load_preset("tiny").training.checkpoint_minutes),
        },
        "paper": computed(cohort),
    }
    if not given.without_large:
        with tempfile.TemporaryDirectory(dir=given.work) as folder:
            found["beside_training"] = beside(Path(folder))
    print(found)
    settings = environment(epochs=EPOCHS, steps=STEPS, small=SMALL)
    write_json(given.out / "checkpoint-bytes.json", {**settings, **found})


if __name__ == "__main__":
    main()
