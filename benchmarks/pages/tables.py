"""Write the tables of README.md from the results: ``python -m benchmarks.pages.tables``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; with ``--check`` nothing is
written, and the exit status says whether all tables are those of the results.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from anascope.files import read_json, write_text
from benchmarks.arguments import RESULTS
from benchmarks.pages._drawn import (
    synthesis_speed,
    synthetic_classifier,
    synthetic_fit,
    synthetic_to_real,
)
from benchmarks.pages._intervals import interval_coverage
from benchmarks.pages._markdown import markdown
from benchmarks.pages._mivia import (
    mivia_alpha,
    mivia_balancers,
    mivia_small,
    mivia_study,
    mivia_study_conclusions,
)
from benchmarks.pages._reading import reading_speed
from benchmarks.pages._weights import (
    ablation,
    five_folds,
    i3a_cells,
    outlines,
    recipe_variants,
    weights,
)

README = RESULTS.parent / "README.md"
_PLACE = re.compile(r"(<!-- table: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def gradnorm_overhead() -> str:
    """Return the table of GradNorm beside others' ways, one row a preset, device and way."""
    ways = {
        "exact": "anascope",
        "first_order": "whole graph, one `autograd.grad` a task",
        "naive": "the same with `create_graph`",
        "gradnorm_pytorch": "gradnorm-pytorch",
    }
    rows, notes = [], []
    for path in sorted(RESULTS.glob("gradnorm-overhead-*.json")):
        result: dict[str, Any] = read_json(path)
        hardware = result["hardware"]
        device = hardware["gpu"] or f"{hardware['threads']} CPU threads"
        for preset, found in result["presets"].items():
            measured = [(key, way, found[key]) for key, way in ways.items() if key in found]
            rows += [
                [
                    f"`{preset}`, batch {found['batch_size']}, {device}",
                    way,
                    f"{found['batch_size'] / found['median_seconds'][key]:.2g}",
                    f"{values['flop_ratio']:.2f}",
                    f"{values['time_ratio']:.2f}",
                    "{:.2f} to {:.2f}".format(*values["time_ratio_range"]),
                    f"{values['memory_ratio']:.2f}",
                ]
                for key, way, values in measured
            ]
            apart = found["agreement"]["gradient_relative_difference_to_plain"]
            differences = [f"{apart[key]:.0e} ({way})" for key, way in ways.items() if key in apart]
            notes.append(
                f"The gradient of preset `{preset}` is that of the plain weighted sum to a "
                f"relative {', '.join(differences)}."
            )
        notes += [f"{ways[key]}: {why}." for key, why in result["left_out"].items()]
        package = result["settings"]["package"]
        notes.append(f"Made by `{result['command']}`" + (f" with {package}." if package else "."))
    if not rows:
        return "Not measured yet: `python -m benchmarks.speed.gradnorm`.\n"
    columns = [
        "",
        "GradNorm",
        "patches/s",
        "operations",
        "time",
        "time, range over rounds",
        "peak memory",
    ]
    note = (
        "Ratios to the plain joint step: one forward, one sum, one backward. Operations are "
        "counted, without the optimizer's. gradnorm-pytorch adds the gradient of its balance loss "
        f"to the network's. {' '.join(notes)}\n"
    )
    return markdown(columns, rows) + "\n" + note


def study_driver() -> str:
    """Return the table of what driving a study costs, one row an executor and size."""
    result: dict[str, Any] = read_json(RESULTS / "study-driver.json")
    columns = [
        "executor",
        "runs",
        "planning, s",
        "ms a run",
        "start with all done, s",
        "`study status`, s",
        "peak memory, MiB",
    ]
    rows = [
        [
            grid["executor"],
            f"{grid['runs']:,}",
            f"{grid['plan_seconds']:.2f}",
            f"{grid['ms_per_run']:.1f}",
            f"{grid['second_start_seconds']:.2f}",
            f"{grid['status_seconds']:.2f}",
            f"{grid['peak_memory_mib']:.0f}",
        ]
        for grid in result["grids"]
    ]
    first, later = result["real_runs"]
    around = [each["begin_seconds"] + each["finish_seconds"] for each in (first, later)]
    note = (
        f"Runs that do nothing, {result['settings']['jobs']} at a time, of "
        f"{result['settings']['patients']} patients. Around its epochs a real run of preset `tiny` "
        f"spends {around[0]:.1f} s in a new process (imports, curves, the test patients measured) "
        f"and {around[1]:.1f} s in one that has done a run before. On "
        f"{result['hardware']['cores']} CPU cores that others used too, by `{result['command']}`.\n"
    )
    return markdown(columns, rows) + "\n" + note


def study_cost() -> str:
    """Return the table of what the published study costs, one row a throughput."""
    result: dict[str, Any] = read_json(RESULTS / "study-cost.json")
    gpus = result["settings"]["gpus"]
    columns = [
        "GPU, sustained part of its peak (assumed)",
        "TFLOP/s",
        "patches/s in training",
        "hours on one",
        f"hours on {gpus}",
        f"work / {gpus}, hours",
    ]
    rows = [
        [
            f"{row['gpu']}, {row['share_of_peak']:.0%}",
            f"{row['tflop_per_second']:.0f}",
            f"{row['patches_per_second']:.0f}",
            f"{row['hours_on_one']:.1f}",
            f"{row['hours_longest_first']:.2f}",
            f"{row['hours_if_divisible']:.2f}",
        ]
        for row in result["throughputs"]
    ]
    per_patch = result["flop_per_patch"]
    around = result["seconds_around_a_run"]
    note = (
        f"**Computed, not measured**: {result['runs']} runs, {result['epochs']} epochs, "
        f"{result['training_steps']:,} steps of {result['settings']['batch_size']} patches; "
        f"{per_patch['training_step'] / 1e9:.0f} GFLOP a patch in a training step, "
        f"{per_patch['prediction'] / 1e9:.0f} in a prediction (counted), "
        f"{result['flop']:.2e} FLOP in all, and {around['begin_and_finish']:.1f} s around each "
        f"run (measured for preset `tiny` on a CPU). Runs are not divided: the longest waiting one "
        f"goes to the first GPU that is free. Made by `{result['command']}`.\n"
    )
    return markdown(columns, rows) + "\n" + note


def gradnorm_alpha() -> str:
    """Return the table of the small problem at three alphas, a row a way to move the weights."""
    result: dict[str, Any] = read_json(RESULTS / "gradnorm-alpha.json")
    alphas = list(next(iter(result["ways"].values())))
    columns = ["weights moved by"]
    for alpha in alphas:
        columns += [f"α {alpha}: first loss at the end", "lowest weight"]
    rows = []
    for name, by_alpha in result["ways"].items():
        row = [name]
        for found in by_alpha.values():
            row += [f"{found['final_losses']['first']:.3f}", f"{found['lowest_weight']:.3g}"]
        rows.append(row)
    return f"{markdown(columns, rows)}\nMade by `{result['command']}`.\n"


TABLES: dict[str, Callable[[], str]] = {
    "gradnorm-overhead": gradnorm_overhead,
    "gradnorm-alpha": gradnorm_alpha,
    "interval-coverage": interval_coverage,
    "mivia-alpha": mivia_alpha,
    "mivia-balancers": mivia_balancers,
    "mivia-small": mivia_small,
    "mivia-study": mivia_study,
    "mivia-study-conclusions": mivia_study_conclusions,
    "study-cost": study_cost,
    "synthesis-speed": synthesis_speed,
    "synthetic-classifier": synthetic_classifier,
    "synthetic-fit": synthetic_fit,
    "synthetic-to-real": synthetic_to_real,
    "reading-speed": reading_speed,
    "study-driver": study_driver,
    "weights-s": partial(weights, "s"),
    "weights-b": partial(weights, "b"),
    "ablation": ablation,
    "weights-five-folds": five_folds,
    "i3a-cells": i3a_cells,
    "outlines": outlines,
    "recipe-variants": recipe_variants,
}


def filled(text: str) -> str:
    """Return ``text`` with every table written anew."""
    return _PLACE.sub(lambda found: found[1] + TABLES[found["name"]]() + found[3], text)


def main() -> None:
    """Write or check the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    for path in [README, *Path("docs").rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        new = filled(text)
        if given.check and new != text:
            raise SystemExit(f"{path}: tables are not those of the results")
        if new != text:
            write_text(path, new)


if __name__ == "__main__":
    main()
