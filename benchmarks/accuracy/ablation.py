"""What each part of the shipped network's recipe is worth: one changed at a time.

    python -m benchmarks.accuracy.ablation DATA --work WORK

Every variant learns for the same short time from drawn specimens and mosaics of I3A's cells, and
from no field of MIVIA. It is measured on the 14 training images of the ICPR 2012 contest: new to
it, and not those that the shipped weights are tested on. Gains are over the base with the same
seed, paired by field, with 95% intervals over patients. Goes on where it was stopped.
Writes results/ablation.json.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cohorts import Cohort
from anascope.cohorts.folds import FoldPlan, draw_folds
from anascope.files import replacing, write_json
from anascope.presets import load_preset
from anascope.recipe import (
    CONTEST,
    MOSAICS,
    SIZE,
    Cohorts,
    from_imagenet,
    plans_over,
    side_by_side,
)
from anascope.training import Run
from anascope.training.evaluation import ReadFields
from benchmarks.accuracy._shared import interval, right, train
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

PATCHES = 3200
BASE: dict[str, Any] = {
    "training.epochs": 1,
    "training.select": "last",
    "loss.pattern": "places",
    "sampling.patches": PATCHES,
    "sampling.cohorts": {MOSAICS: 0.4, "drawn-mivia": 0.45, "drawn-i3a": 0.15},
    "sampling.even_patterns": True,
}
ONE = "the base"
TWO = "the base, another seed"
SEEDS: dict[str, dict[str, Any]] = {
    ONE: {},
    TWO: {"training.seed": 7},
    "the base, a third seed": {"training.seed": 8},
}
VARIANTS: dict[str, dict[str, Any]] = {
    "brightness varied by 0.05 instead of 0.3": {"augmentation.brightness": 0.05},
    "fixed weights instead of GradNorm": {"balancing.balancer": "fixed"},
    "uncertainty weights instead of GradNorm": {"balancing.balancer": "uncertainty"},
    "pattern learned of the mean, not at each place": {"loss.pattern": "field"},
    "and pooled over everything instead of cells": {
        "loss.pattern": "field",
        "network.head": "pooled",
    },
    "mean and brightness 0.05 together": {
        "loss.pattern": "field",
        "augmentation.brightness": 0.05,
    },
    "mean, brightness 0.05 and fixed weights together": {
        "loss.pattern": "field",
        "augmentation.brightness": 0.05,
        "balancing.balancer": "fixed",
    },
    "mean, brightness 0.05 and no stain together": {
        "loss.pattern": "field",
        "augmentation.brightness": 0.05,
        "augmentation.stain": 1.0,
    },
    "mean, brightness 0.05, no stain, no blur, no uneven light together": {
        "loss.pattern": "field",
        "augmentation.brightness": 0.05,
        "augmentation.stain": 1.0,
        "augmentation.blur": 0.0,
        "augmentation.illumination": 0.0,
    },
    "mean and brightness 0.05 together, another seed": {
        "loss.pattern": "field",
        "augmentation.brightness": 0.05,
        "training.seed": 7,
    },
    "without real cells": {"sampling.cohorts": {MOSAICS: 0, "drawn-mivia": 3, "drawn-i3a": 1}},
    "grey image three times instead of the views": {"image.views": ["raw", "raw", "raw"]},
    "the field's contrast twice instead of the local one": {
        "image.views": ["log", "field", "field"]
    },
    "without ImageNet": {"network.imagenet_weights": None},
    "the published study's blocks, from scratch": {
        "network.encoder": "residual",
        "network.width": 16,
        "network.imagenet_weights": None,
        "training.learning_rate": 2e-3,
    },
    "ResNet34 at width 32, the encoder of `b`, from scratch": {
        "network.encoder": "resnet34",
        "network.width": 32,
        "network.hidden": 128,
        "network.imagenet_weights": None,
    },
    "patches of 192, as many pixels": {
        "image.patch_size": 192,
        "sampling.patches": PATCHES * 128**2 // 192**2,
    },
    "weights averaged over about 100 steps": {"training.weight_average": 0.99},
    "patterns as frequent as they are": {"sampling.even_patterns": False},
    "without stain": {"augmentation.stain": 1.0},
    "without blur": {"augmentation.blur": 0.0},
    "without uneven light": {"augmentation.illumination": 0.0},
    "without scale": {"augmentation.scale": 1.0},
    "pixels halved instead of one pixel size": {
        "image.pixel_size_um": None,
        "image.patch_size": 256,
        "image.scale": 0.5,
    },
}
"""What is changed in the recipe; a variant that cannot name a cell has no figure for it."""


def run_name(name: str) -> str:
    """Return the name of a variant's folder."""
    return "-".join(re.findall(r"\w+", name))


def base_of(name: str) -> str:
    """Return which training of the base a variant is compared with: that of its seed."""
    second = VARIANTS.get(name, {}).get("training.seed") == SEEDS[TWO]["training.seed"]
    return TWO if second else ONE


class Ablation:
    """Trains variants where they are missing, and measures them; what was measured is kept.

    Args:
        cohorts: Those of the recipe.
        work: Where the runs are.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
    """

    def __init__(self, cohorts: Cohorts, work: Path, accelerator: str) -> None:
        self._cohorts, self._work, self._accelerator = cohorts, work, accelerator
        self._folder = work / "ablation"
        self._real = cohorts.real
        images = {f"{number:02d}" for number in CONTEST}
        self.records = [r for r in self._real.fields if r.split_unit in images]

    def table(self, name: str) -> pd.DataFrame | None:
        """Return what was measured of a variant, a row a field; None if nothing was yet."""
        path = self._measured(name)
        return pd.read_csv(path) if path.exists() else None

    def do(self, name: str) -> None:
        """Train and measure a variant, if that was not done."""
        if self.table(name) is not None:
            return
        everything = self._cohorts.everything()
        plan = plans_over(draw_folds(self._real), everything)["none"]
        changes = {**SEEDS, **VARIANTS}[name]
        self._measure(name, self._trained(name, changes, everything, plan, "none"))

    def gains(self) -> dict[str, Any]:
        """Return means, and paired gains over the base with the same seed, by variant."""
        names = (*SEEDS, *VARIANTS)
        tables = {name: table for name in names if (table := self.table(name)) is not None}
        return {
            name: {
                measure: {
                    "mean": float(table[measure].mean()),
                    "gain_over_base": interval(
                        table[measure] - tables[base_of(name)][measure], -1.0
                    ),
                }
                for measure in table
            }
            for name, table in tables.items()
        }

    def _run_of(self, name: str) -> Path:
        return self._folder / run_name(name)

    def _measured(self, name: str) -> Path:
        return self._run_of(name).with_suffix(".csv")

    def _trained(
        self, name: str, changes: dict[str, Any], cohort: Cohort, plan: FoldPlan, fold: str
    ) -> Run:
        start = from_imagenet(load_preset(SIZE), self._work)
        preset = load_preset(SIZE, {**BASE, **start, **changes})
        return train(self._run_of(name), preset, cohort, plan, fold, self._accelerator)

    def _measure(self, name: str, run: Run) -> None:
        read = ReadFields(run.model, self._real, self.records)
        fields = read.scores()
        table = pd.DataFrame(
            {
                "dice": fields["dice_without_border_cells"],
                "pattern": right(fields)["pattern"],
                "intensity": right(fields)["intensity"],
            }
        )
        if run.preset.network.head == "dense":
            cells = read.cell_patterns()
            own = (cells["pattern"] == cells["named"]).groupby(cells["field"]).mean()
            table["cell_pattern"] = own.reindex(fields["field"]).to_numpy()
        with replacing(self._measured(name)) as temporary:
            table.to_csv(temporary, index=False)
        print(name, table.mean().round(3).to_dict(), flush=True)


def do_variant(data: Path, work: Path, accelerator: str, name: str) -> None:
    """Train and measure a variant, in whichever process this is."""
    Ablation(Cohorts(data, work, jobs=1), work, accelerator).do(name)


def main() -> None:
    """Train what is missing, measure, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task1", trains=True)
    parser.add_argument("--variant", action="append", help="only these; may be repeated")
    given = parser.parse_args()

    cohorts = Cohorts(given.data, given.work, given.jobs)
    cohorts.everything()  # made once, by this process
    ablation = Ablation(cohorts, given.work, given.accelerator)
    jobs = 1 if given.accelerator == "gpu" else given.jobs
    task = partial(do_variant, given.data, given.work, given.accelerator)
    side_by_side(task, list(SEEDS), jobs)
    side_by_side(task, given.variant or list(VARIANTS), jobs)
    write_json(
        given.out / "ablation.json",
        {
            **environment(base=BASE, seed=12357),
            "test_fields": len(ablation.records),
            "changes": {**SEEDS, **VARIANTS},
            "variants": ablation.gains(),
        },
    )


if __name__ == "__main__":
    main()
