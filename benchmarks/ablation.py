"""What each part of the shipped network's recipe is worth: one left out at a time.

    python -m benchmarks.ablation DATA --work WORK

Every variant learns for the same short time from drawn specimens and mosaics of I3A's cells, and
from no field of MIVIA. It is measured on the 14 training images of the ICPR 2012 contest: new to
it, and not those that the shipped weights are tested on. Gains are paired by field, with 95%
intervals by bootstrap over patients. Goes on where it was stopped. Writes results/ablation.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anascope.files import write_json
from anascope.folds import draw_folds
from anascope.presets import load_preset
from benchmarks._mivia import interval, right, train
from benchmarks._whole_fields import cell_patterns, read_fields
from benchmarks.environment import RESULTS, environment
from benchmarks.weights import CONTEST, MOSAICS, SIZE, Cohorts, plans_over

BASE: dict[str, Any] = {
    "training.epochs": 2,
    "training.select": "last",
    "sampling.patches": 1600,
    "sampling.cohorts": {MOSAICS: 0.4, "drawn-mivia": 0.45, "drawn-i3a": 0.15},
    "sampling.even_patterns": True,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "another seed": {"training.seed": 7},
    "grey image three times instead of the views": {"image.views": ["raw", "raw", "raw"]},
    "without local contrast": {"image.views": ["log", "field"]},
    "without stain": {"augmentation.stain": 1.0},
    "without blur": {"augmentation.blur": 0.0},
    "without uneven light": {"augmentation.illumination": 0.0},
    "without scale": {"augmentation.scale": 1.0},
    "patterns as frequent as they are": {"sampling.even_patterns": False},
    "pooled over everything instead of cells": {"network.head": "pooled"},
    "pattern learned at every place": {"loss.pattern": "places"},
    "fixed weights": {"balancing.balancer": "fixed"},
    "without real cells": {"sampling.cohorts": {MOSAICS: 0, "drawn-mivia": 3, "drawn-i3a": 1}},
}


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
    everything = cohorts.everything()
    plan = plans_over(draw_folds(cohorts.real), everything)["none"]
    images = {f"{number:02d}" for number in CONTEST}
    records = [record for record in cohorts.real.fields if record.split_unit in images]
    tables: dict[str, pd.DataFrame] = {}
    for number, (name, changes) in enumerate(VARIANTS.items()):
        run = train(
            given.work / "ablation" / f"{number:02d}",
            load_preset(SIZE, {**BASE, **changes}),
            everything,
            plan,
            "none",
            given.accelerator,
        )
        fields = read_fields(run.model, cohorts.real, records)
        tables[name] = pd.DataFrame(
            {
                "dice": fields["dice_without_border_cells"],
                "pattern": right(fields)["pattern"],
                "intensity": right(fields)["intensity"],
            }
        )
        if changes.get("network.head") != "pooled":
            cells = cell_patterns(run.model, cohorts.real, records)
            own = (cells["pattern"] == cells["named"]).groupby(cells["field"]).mean()
            tables[name]["cell_pattern"] = own.reindex(fields["field"]).to_numpy()
        print(name, tables[name].mean().round(3).to_dict(), flush=True)
    base = tables["as it is"]
    found = {
        name: {
            measure: {
                "mean": float(table[measure].mean()),
                "gain_over_base": interval(table[measure] - base[measure]),
            }
            for measure in table
            if np.isfinite(table[measure]).all()
        }
        for name, table in tables.items()
    }
    write_json(
        given.to / "ablation.json",
        {
            **environment(base=BASE, seed=12357),
            "test_fields": len(records),
            "changes": VARIANTS,
            "variants": found,
        },
    )


if __name__ == "__main__":
    main()
