"""Write the tables of README.md from the results: ``python -m benchmarks.tables``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; with ``--check`` nothing is
written, and the exit status says whether all tables are those of the results.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from anascope.files import read_json, write_text
from benchmarks.environment import RESULTS

README = RESULTS.parent / "README.md"
_PLACE = re.compile(r"(<!-- table: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, all columns but the first set to the right."""
    ruler = ["---", *("---:" for _ in columns[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, ruler, *rows)) + "\n"


def mivia_small() -> str:
    """Return the table of the five folds, with Otsu and the intervals over all patients."""
    result: dict[str, Any] = read_json(RESULTS / "mivia-small.json")
    keys = (
        "dice_as_mask_stands",
        "dice_without_border_cells",
        "dice_without_border_components",
        "dice",
        "pattern_accuracy",
        "intensity_accuracy",
    )
    columns = [
        "test patients of",
        "n",
        "Dice, mask as it stands",
        "Dice, border cells left out",
        "Dice, border components left out",
        "Dice, unknown pixels left out",
        "pattern right (field)",
        "intensity right (field)",
    ]
    rows = [
        [f"fold {row['fold']}", str(row["test_patients"]), *(f"{row[key]:.3f}" for key in keys)]
        for row in result["folds"]
    ]
    everyone = result["all_test_patients"]
    rows.append(["**all**", str(everyone["patients"]), *(_interval(everyone[key]) for key in keys)])
    otsu = result["otsu"]
    rows.append(
        [
            "Otsu threshold",
            str(everyone["patients"]),
            *(_interval(otsu[key]) if key in otsu else "–" for key in keys),
        ]
    )
    minutes = [row["training_seconds"] / 60 for row in result["folds"]]
    hardware = result["hardware"]
    note = (
        f"Means over fields (one a patient), in brackets the 95% interval by bootstrap over "
        f"patients. Preset `small`, seed {result['settings']['seed']}, {min(minutes):.0f} to "
        f"{max(minutes):.0f} minutes a fold on {hardware['threads']} CPU threads. "
        f"With found cells that nobody annotated left out as well, Dice is "
        f"{_interval(everyone['dice_of_annotated_cells'])} (Otsu "
        f"{_interval(otsu['dice_of_annotated_cells'])}). "
        f"Made by `{result['command']}`; every field is in "
        f"`results/mivia-small.json`.\n"
    )
    return markdown(columns, rows) + "\n" + note


def training_step() -> str:
    """Return the table of the training step, one row a preset and device."""
    rows, commands = [], []
    for path in sorted(RESULTS.glob("training-step-*.json")):
        result: dict[str, Any] = read_json(path)
        hardware = result["hardware"]
        device = hardware["gpu"] or f"{hardware['threads']} CPU threads"
        commands.append(f"`{result['command']}`")
        rows += [
            [
                f"`{preset}`, {device}",
                str(found["batch_size"]),
                f"{found['patches_per_second']['gradnorm']:.2f}",
                f"{found['peak_memory_mib']['gradnorm']:.0f}",
                f"{found['time_ratio']:.3f}",
                f"{found['memory_ratio']:.3f}",
            ]
            for preset, found in result["presets"].items()
        ]
    columns = [
        "preset",
        "batch",
        "patches/s",
        "peak memory, MiB",
        "time, ratio to plain step",
        "memory, ratio to plain step",
    ]
    note = f"Both steps measured turn by turn in one run: {', '.join(commands)}.\n"
    return markdown(columns, rows) + "\n" + note


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
            measured = [(way, found[key]) for key, way in ways.items() if key in found]
            rows += [
                [
                    f"`{preset}`, batch {found['batch_size']}, {device}",
                    way,
                    f"{values['flop_ratio']:.2f}",
                    f"{values['time_ratio']:.2f}",
                    "{:.2f} to {:.2f}".format(*values["time_ratio_range"]),
                    f"{values['memory_ratio']:.2f}",
                ]
                for way, values in measured
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
        return "Not measured yet: `python -m benchmarks.gradnorm_overhead`.\n"
    columns = ["", "GradNorm", "operations", "time", "time, range over rounds", "peak memory"]
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


def mivia_study() -> str:
    """Return the table of the 40-run grid on MIVIA, one for each preset it was run with."""
    parts = []
    for preset in ("tiny", "paper"):
        path = RESULTS / f"mivia-study-{preset}.json"
        if not path.is_file():
            continue
        result: dict[str, Any] = read_json(path)
        columns = [
            "training",
            "mask accuracy",
            "mask Dice",
            "pattern accuracy",
            "intensity accuracy",
            "intensity AUROC",
        ]
        keys = (
            "mask.pixel_accuracy",
            "mask.dice",
            "pattern.accuracy",
            "intensity.accuracy",
            "intensity.auroc",
        )
        rows = [
            [label, *(_interval(found[key]) for key in keys)]
            for label, found in result["by_patch"].items()
        ]
        trained = result["trained_on"]
        device = trained["gpu"] or (
            f"{result['settings']['jobs']} runs at a time, {trained['threads']} CPU thread each"
        )
        parts.append(
            f"{markdown(columns, rows)}\n"
            f"Preset `{result['settings']['preset']}`, {result['runs']} runs, by patch, all folds "
            f"together, in brackets the 95% interval by bootstrap over patients. "
            f"{device}: {result['minutes_from_first_to_last']:.0f} minutes from the first run's "
            f"beginning to the last one's end, {result['patches_per_second_of_a_run']:.0f} "
            f"patches a second in each run. Made by `{result['command']}`.\n"
        )
    return "\n".join(parts)


def mivia_alpha() -> str:
    """Return the table of GradNorm and its stable variant by alpha on MIVIA."""
    result: dict[str, Any] = read_json(RESULTS / "mivia-study-alpha.json")
    columns = ["training", "mask accuracy", "pattern accuracy", "intensity accuracy"]
    keys = ("mask.pixel_accuracy", "pattern.accuracy", "intensity.accuracy")
    rows = [
        [label, *(_interval(found[key]) for key in keys)]
        for label, found in result["by_patch"].items()
    ]
    drop = [f"- {each['headline']} {each['detail']}\n" for each in result["conclusions"]]
    kept = [line for line in drop if "balance weight" in line or line.startswith(("- α", "- Bal"))]
    return (
        f"{markdown(columns, rows)}\nPreset `{result['settings']['preset']}`, 15 epochs, "
        f"{result['runs']} runs, by patch. Made by `{result['command']}`.\n\n{''.join(kept)}"
    )


def mivia_study_conclusions() -> str:
    """Return what the report of the grid concludes."""
    result: dict[str, Any] = read_json(RESULTS / "mivia-study-tiny.json")
    return "".join(
        f"- {each['headline']} {each['detail']} ({each['verdict']})\n"
        for each in result["conclusions"]
    )


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
    "mivia-alpha": mivia_alpha,
    "mivia-small": mivia_small,
    "mivia-study": mivia_study,
    "mivia-study-conclusions": mivia_study_conclusions,
    "study-cost": study_cost,
    "study-driver": study_driver,
    "training-step": training_step,
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


def _interval(value: dict[str, float]) -> str:
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


if __name__ == "__main__":
    main()
