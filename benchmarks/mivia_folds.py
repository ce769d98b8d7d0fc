"""The main job on real images: MIVIA, a preset, five patient-wise folds, and Otsu beside it.

    python -m benchmarks.mivia_folds DATA --work WORK

DATA holds ``mivia-hep2`` as it is distributed. WORK keeps the cohort and the runs, so that a
stopped benchmark goes on where it was. Writes results/mivia-PRESET.json; every figure is over
test patients that the network of that fold has not seen.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import bootstrap
from skimage.filters import gaussian, threshold_otsu
from skimage.morphology import disk, opening

from anascope.cohorts import Cohort, import_cohort, open_source
from anascope.evaluation import evaluate_run, field_masks
from anascope.files import read_json, write_json
from anascope.folds import draw_folds
from anascope.presets import load_preset
from anascope.training import Run, Watcher, fit, new_run, open_run, read_history, torch_device
from benchmarks.environment import RESULTS, environment

DICE = (
    "dice",
    "dice_as_mask_stands",
    "dice_without_border_components",
    "dice_without_border_cells",
    "dice_of_annotated_cells",
)

_SHOWN = ("field", "pattern", "intensity", *DICE, "precision", "recall")


def otsu(image: NDArray[Any]) -> NDArray[np.bool_]:
    """Return the baseline's mask: Otsu on a blurred image (sigma 2), opened, holes filled."""
    smooth = gaussian(image.astype(np.float32), 2.0)
    cells = opening(smooth > threshold_otsu(smooth), disk(3))
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(cells)
    return filled


def otsu_scores(cohort: Cohort) -> pd.DataFrame:
    """Return the baseline's Dice of every field."""
    rows = [
        {"field": r.field, **field_masks(otsu(cohort.image(r)), cohort.mask(r))}
        for r in cohort.fields
    ]
    return pd.DataFrame(rows)


def train_fold(path: Path, preset: str, cohort: Cohort, fold: str, accelerator: str) -> Run:
    """Train one fold, or go on with it."""

    class Lines(Watcher):
        def epoch(self, row: dict[str, float]) -> None:
            dice = row.get("validation_dice", float("nan"))
            print(f"  epoch {row['epoch']}: validation Dice {dice:.3f}", flush=True)

    run = (
        open_run(path)
        if path.exists()
        else new_run(
            path,
            preset=load_preset(preset),
            cohort=cohort,
            plan=draw_folds(cohort),
            fold=fold,
            command=sys.argv,
        )
    )
    fit(run, accelerator=accelerator, watcher=Lines())
    return run


def interval(values: pd.Series[float]) -> dict[str, float]:
    """Return the mean over patients and its 95% interval by bootstrap (percentile, seeded)."""
    known = values.dropna().to_numpy(float)
    if len(set(known)) < 2:
        return {"mean": float(known.mean()), "low": float(known.min()), "high": float(known.max())}
    found = bootstrap(
        (known,), np.mean, method="percentile", n_resamples=9999, rng=np.random.default_rng(12357)
    )
    low, high = found.confidence_interval
    return {"mean": float(known.mean()), "low": float(low), "high": float(high)}


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


def right(fields: pd.DataFrame) -> pd.DataFrame:
    """Return, for each field, whether pattern and intensity were named right."""
    said = fields.filter(like="p_pattern_").rename(
        columns=lambda name: name.removeprefix("p_pattern_")
    )
    named = said.idxmax(axis=1)
    positive = fields["p_above_intermediate"] > 0.5
    return pd.DataFrame(
        {
            "field": fields["field"],
            "pattern": (named == fields["pattern"]).astype(float),
            "intensity": (positive == (fields["intensity"] == "positive")).astype(float),
        }
    )


def main() -> None:
    """Run the folds and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder that holds mivia-hep2")
    parser.add_argument("--work", type=Path, default=Path("work"), help="cohort and runs")
    parser.add_argument("--preset", default="small")
    parser.add_argument("--fold", action="append", help="only these folds; may be repeated")
    parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    given = parser.parse_args()
    device = torch_device(given.accelerator)

    path = given.work / "mivia"
    if not path.exists():
        source = open_source(given.data / "mivia-hep2", "mivia")
        import_cohort(source, path, source_format="mivia")
    cohort = Cohort.open(path)

    rows, tables = [], []
    for fold in given.fold or draw_folds(cohort).folds:
        print(f"fold {fold}", flush=True)
        started = time.perf_counter()
        run = train_fold(
            given.work / "runs" / f"mivia-{given.preset}-{fold}",
            given.preset,
            cohort,
            fold,
            given.accelerator,
        )
        result = evaluate_run(run, device=device)
        rows.append(fold_row(run, result.metrics))
        tables.append(result.fields)
        shown = {k: round(v, 3) for k, v in rows[-1].items() if isinstance(v, float)}
        print(f"  {shown} in {time.perf_counter() - started:.0f} s", flush=True)

    fields = pd.concat(tables, ignore_index=True)
    fields["precision"] = fields["tp"] / (fields["tp"] + fields["fp"])
    fields["recall"] = fields["tp"] / (fields["tp"] + fields["fn"])
    baseline = otsu_scores(cohort)
    baseline = baseline[baseline["field"].isin(fields["field"])]
    answers = right(fields)
    write_json(
        RESULTS / f"mivia-{given.preset}.json",
        {
            **environment(preset=load_preset(given.preset).model_dump(mode="json"), seed=12357),
            "cohort": {"name": cohort.info.name, "fingerprint": cohort.info.fingerprint},
            "folds": rows,
            "all_test_patients": {
                "patients": len(fields),
                **{key: interval(fields[key]) for key in (*DICE, "precision", "recall")},
                "pattern_accuracy": interval(answers["pattern"]),
                "intensity_accuracy": interval(answers["intensity"]),
            },
            "otsu": {key: interval(baseline[key]) for key in DICE},
            "fields": [
                {
                    **{key: record[key] for key in _SHOWN},
                    "pattern_right": bool(answers["pattern"][place]),
                    "intensity_right": bool(answers["intensity"][place]),
                }
                for place, record in enumerate(fields.to_dict("records"))
            ],
        },
    )


if __name__ == "__main__":
    main()
