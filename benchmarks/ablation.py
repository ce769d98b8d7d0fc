"""What each part of the shipped network's recipe is worth: one left out at a time.

    python -m benchmarks.ablation DATA --work WORK

Every variant learns for the same short time from drawn specimens and mosaics of I3A's cells, and
from no field of MIVIA. It is measured on the 14 training images of the ICPR 2012 contest: new to
it, and not those that the shipped weights are tested on. Gains are paired by field, with 95%
intervals by bootstrap over patients. Goes on where it was stopped. Writes results/ablation.json
after each variant.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.cohorts import Cohort, import_cohort
from anascope.files import write_json
from anascope.folds import FoldPlan, draw_folds
from anascope.presets import load_preset
from anascope.training import Run
from benchmarks._imagenet import from_imagenet
from benchmarks._mivia import interval, right, train
from benchmarks._recipe_cohorts import MOSAICS, Cohorts
from benchmarks._self_training import SelfLabelledSource
from benchmarks._whole_fields import ReadFields
from benchmarks.environment import RESULTS, environment
from benchmarks.weights import CONTEST, SIZE, plan_of_all, plans_over

BASE: dict[str, Any] = {
    "training.epochs": 1,
    "training.select": "last",
    "loss.pattern": "places",
    "sampling.patches": 8000,
    "sampling.cohorts": {MOSAICS: 0.4, "drawn-mivia": 0.45, "drawn-i3a": 0.15},
    "sampling.even_patterns": True,
}
AS_IT_IS = "as it is"
VARIANTS: dict[str, dict[str, Any]] = {
    "another seed": {"training.seed": 7},
    "fixed weights instead of GradNorm": {"balancing.balancer": "fixed"},
    "pattern learned of the mean, not at each place": {"loss.pattern": "field"},
    "and pooled over everything instead of cells": {
        "loss.pattern": "field",
        "network.head": "pooled",
    },
    "without real cells": {"sampling.cohorts": {MOSAICS: 0, "drawn-mivia": 3, "drawn-i3a": 1}},
    "grey image three times instead of the views": {"image.views": ["raw", "raw", "raw"]},
    "without local contrast": {"image.views": ["log", "field"]},
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
    "patches of 192, as many pixels": {"image.patch_size": 192, "sampling.patches": 3556},
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
FLIPPED = "read mirrored, too"
SELF_TRAINED = "a fifth of the patches from fields that it has named itself"
SELF = "self"


class Ablation:
    """Trains variants where they are missing, and measures them.

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
        self._others = [r for r in self._real.fields if r.split_unit not in images]
        self._everything = cohorts.everything()
        self._plan = plans_over(draw_folds(self._real), self._everything)["none"]
        self.tables: dict[str, pd.DataFrame] = {}

    def leave_out(self, name: str, changes: dict[str, Any]) -> Run:
        """Train and measure a variant from the same cohorts."""
        run = self._trained(name, changes, self._everything, self._plan, "none")
        self._measure(name, run)
        return run

    def read_mirrored(self, run: Run) -> None:
        """Measure a network on fields and their mirror images."""
        self._measure(FLIPPED, run, flips=True)

    def train_on_own_words(self, run: Run) -> None:
        """Train and measure a network that also learns from fields that another has named.

        Those are the test images of the contest; their own labels are not looked at.
        """
        path = self._folder / SELF
        if not path.exists():
            named = SelfLabelledSource(run.model, self._real, self._others, SELF)
            import_cohort(named, path, source_format="self-labelled")
        parts = {
            SELF: Cohort.open(path),
            MOSAICS: self._cohorts.mosaics(),
            **self._cohorts.drawn(),
        }
        merged = self._cohorts.merged("ablation-self", parts)
        shares = {name: 0.8 * share for name, share in BASE["sampling.cohorts"].items()}
        changes = {"sampling.cohorts": {**shares, SELF: 0.2}}
        own = self._trained(SELF_TRAINED, changes, merged, plan_of_all(merged), "all")
        self._measure(SELF_TRAINED, own)

    def gains(self) -> dict[str, Any]:
        """Return means, and paired gains over the recipe as it is, by variant and measure."""
        base = self.tables[AS_IT_IS]
        return {
            name: {
                measure: {
                    "mean": float(table[measure].mean()),
                    "gain_over_base": interval(table[measure] - base[measure]),
                }
                for measure in table
            }
            for name, table in self.tables.items()
        }

    def _trained(
        self, name: str, changes: dict[str, Any], cohort: Cohort, plan: FoldPlan, fold: str
    ) -> Run:
        path = self._folder / "-".join(re.findall(r"\w+", name))
        start = from_imagenet(load_preset(SIZE), self._work)
        preset = load_preset(SIZE, {**BASE, **start, **changes})
        return train(path, preset, cohort, plan, fold, self._accelerator)

    def _measure(self, name: str, run: Run, *, flips: bool = False) -> None:
        read = ReadFields(run.model, self._real, self.records, flips=flips)
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
        self.tables[name] = table
        print(name, table.mean().round(3).to_dict(), flush=True)


def main() -> None:
    """Train what is missing, measure, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2 and i3a-task1")
    parser.add_argument("--work", type=Path, default=Path("work/weights"))
    parser.add_argument("--jobs", type=int, default=2, help="processes that draw")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()

    cohorts = Cohorts(given.data, given.work, given.jobs)
    ablation = Ablation(cohorts, given.work, given.accelerator)
    described = {
        **environment(base=BASE, seed=12357),
        "test_fields": len(ablation.records),
        "changes": VARIANTS,
    }

    def write() -> None:
        write_json(given.to / "ablation.json", {**described, "variants": ablation.gains()})

    base = ablation.leave_out(AS_IT_IS, {})
    ablation.read_mirrored(base)
    for name, changes in VARIANTS.items():
        ablation.leave_out(name, changes)
        write()
    ablation.train_on_own_words(base)
    write()


if __name__ == "__main__":
    main()
