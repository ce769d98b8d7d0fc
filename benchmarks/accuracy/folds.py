"""The main job on real images: MIVIA, a preset, five patient-wise folds, and Otsu beside it.

    python -m benchmarks.accuracy.folds DATA --work WORK

DATA holds ``mivia-hep2`` as it is distributed. WORK keeps the cohort, the runs and what was
measured of them, so that a stopped benchmark goes on where it was. Writes results/mivia-NAME.json;
every figure is over test patients that the network of that fold has not seen.

With as little time as the shipped network has to learn from MIVIA, and from as many patients, the
published configuration is

    python -m benchmarks.accuracy.folds DATA --preset paper --name paper-same-budget \\
        --all-learn --set training.batch_size=2 --set training.epochs=1 \\
        --set training.select=last --set sampling.patches=40
"""

from __future__ import annotations

import time
from typing import Any

import pandas as pd

from anascope.cohorts.folds import draw_folds
from anascope.environment import torch_device
from anascope.files import read_json, write_json
from anascope.presets import load_preset
from anascope.training import Run, evaluate_run, read_history
from benchmarks.accuracy._shared import measured, train
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.sets import mivia_cohort


def fold_row(run: Run, metrics: dict[str, Any]) -> dict[str, Any]:
    """Return one fold's row of the table."""
    history = read_history(run.history)
    field = metrics["field"]
    return {
        "fold": run.fold.name,
        "test_patients": metrics["patients"],
        **field["mask_variants"],
        "pixel_accuracy": field["mask"]["pixel_accuracy"],
        "pattern_accuracy": field["pattern"]["accuracy"],
        "pattern_accuracy_patches": metrics["patch"]["pattern"]["accuracy"],
        "intensity_accuracy": field["intensity"]["accuracy"],
        "intensity_accuracy_patches": metrics["patch"]["intensity"]["accuracy"],
        "best_epoch": int(read_json(run.model / "card.json")["metrics"]["epoch"]),
        "training_seconds": float(history["seconds"].sum()),
    }


def main() -> None:
    """Run the folds and write the results."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2")
    parser.add_argument("--preset", default="small")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--name", help="of the result and the runs (default: the preset's)")
    parser.add_argument("--fold", action="append", help="only these folds; may be repeated")
    parser.add_argument("--all-learn", action="store_true", help="no patients for validation")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    given = parser.parse_args()
    device = torch_device(given.accelerator)

    cohort = mivia_cohort(given.data, given.work)
    preset = load_preset(given.preset, dict(each.split("=", 1) for each in given.set))
    name = given.name or given.preset
    plan = draw_folds(cohort, validation_share=0) if given.all_learn else draw_folds(cohort)
    rows, tables = [], []
    for fold in given.fold or plan.folds:
        print(f"fold {fold}", flush=True)
        started = time.perf_counter()
        path = given.work / "runs" / f"mivia-{name}-{fold}"
        run = train(path, preset, cohort, plan, fold, given.accelerator)
        # Not by suffix: a name may have a dot in it, such as that of an alpha.
        row, fields = (path.parent / f"{path.name}.{kind}" for kind in ("json", "csv"))
        if not row.exists():
            result = evaluate_run(run, device=device)
            result.fields.to_csv(fields, index=False)
            write_json(row, fold_row(run, result.metrics))
        rows.append(read_json(row))
        tables.append(pd.read_csv(fields, dtype={"field": str}))
        shown = {k: round(v, 3) for k, v in rows[-1].items() if isinstance(v, float)}
        print(f"  {shown} in {time.perf_counter() - started:.0f} s", flush=True)

    write_json(
        given.out / f"mivia-{name}.json",
        {
            **environment(preset=preset.model_dump(mode="json"), seed=12357),
            "cohort": {"name": cohort.info.name, "fingerprint": cohort.info.fingerprint},
            "folds": rows,
            **measured(pd.concat(tables, ignore_index=True), cohort),
        },
    )


if __name__ == "__main__":
    main()
