"""The tables of trainings on MIVIA, and of the same grid on I3A."""

from __future__ import annotations

import re
from typing import Any

from anascope.studies import value_label
from benchmarks.pages._markdown import intervals_of, markdown, measured, with_interval

_STUDY = "study.mivia data --study"
ACCURACIES = ("mask accuracy", "pattern accuracy", "intensity accuracy")
_GRID = {
    "mask.pixel_accuracy": "mask accuracy",
    "mask.dice": "mask Dice",
    "pattern.accuracy": "pattern accuracy",
    "intensity.accuracy": "intensity accuracy",
    "intensity.auroc": "intensity AUROC",
}
"""The measures of a grid, and what their columns are called."""
_COST_OF = "small"  # in `tiny`, what PyTorch takes for itself outweighs the network


@measured("mivia-small", "accuracy.folds data")
def mivia_small(result: dict[str, Any]) -> str:
    """Return the table of the five folds, with Otsu and the intervals over all patients."""
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
    rows.append(
        ["**all**", str(everyone["patients"]), *(with_interval(everyone[key]) for key in keys)]
    )
    otsu = result["otsu"]
    rows.append(
        [
            "Otsu threshold",
            str(everyone["patients"]),
            *(with_interval(otsu[key]) if key in otsu else "–" for key in keys),
        ]
    )
    before = result.get("intervals_of_otsu") == "percentile"
    otsu_note = " (for Otsu by percentile bootstrap, an earlier method)" if before else ""
    minutes = [row["training_seconds"] / 60 for row in result["folds"]]
    hardware = result["hardware"]
    note = (
        f"Means over fields (one a patient); brackets give the 95% interval over "
        f"patients{otsu_note}. Preset `small`, seed {result['settings']['seed']}, "
        f"{min(minutes):.0f} to {max(minutes):.0f} minutes a fold "
        f"on {hardware['threads']} CPU threads. "
        f"If found cells that nobody annotated are left out as well, Dice is "
        f"{with_interval(everyone['dice_of_annotated_cells'])} (Otsu "
        f"{with_interval(otsu['dice_of_annotated_cells'])}). "
        f"Made by `{result['command']}`; every field is in "
        f"`results/mivia-small.json`.\n"
    )
    return markdown(columns, rows) + "\n" + note


@measured("mivia-study", "study.mivia data", "mivia-study-tiny", "mivia-study-paper")
def mivia_study(*results: dict[str, Any]) -> str:
    """Return the table of the 40-run grid on MIVIA, one for each preset it was run with."""
    return _grids(*results)


@measured("i3a-study", "study.i3a data", "i3a-study-tiny")
def i3a_study(result: dict[str, Any]) -> str:
    """Return the table of the same grid on mosaics of I3A, which have no intensity."""
    return _grids(result)


def _grids(*results: dict[str, Any]) -> str:
    """Return a table of the 40 runs of each result, of the tasks that its specimens test."""
    parts = []
    for result in results:
        first = next(iter(result["by_patch"].values()))
        keys = [key for key in _GRID if key in first]
        columns = ["training", *(_GRID[key] for key in keys)]
        rows = [
            [label, *(with_interval(found[key]) for key in keys)]
            for label, found in result["by_patch"].items()
        ]
        trained = result["trained_on"]
        device = trained["gpu"] or (
            f"{result['settings']['jobs']} runs at a time, {_threads(trained)} each"
        )
        parts.append(
            f"{markdown(columns, rows)}\n"
            f"Preset `{result['settings']['preset']}`, {result['runs']} runs, by patch, all folds "
            f"together, with {intervals_of(result)}. "
            f"{device}: {result['minutes_from_first_to_last']:.0f} minutes from the start of the "
            f"first run to the end of the last, {result['patches_per_second_of_a_run']:.0f} "
            f"patches a second in each run. Made by `{result['command']}`.\n"
        )
    return "\n".join(parts)


def _threads(trained_on: dict[str, Any]) -> str:
    """Return how many CPU threads a run had; continued with other settings, runs had others."""
    counts = trained_on["threads"]
    counts = counts if isinstance(counts, list) else [counts]
    return f"{' or '.join(map(str, counts))} CPU thread{'' if counts == [1] else 's'}"


@measured("mivia-alpha", f"{_STUDY} benchmarks/study/alpha.yaml", "mivia-study-alpha")
def mivia_alpha(result: dict[str, Any]) -> str:
    """Return the table of GradNorm and its stable variant by alpha on MIVIA."""
    drop = [f"- {each['headline']} {each['detail']}\n" for each in result["conclusions"]]
    kept = [line for line in drop if "balance weight" in line or line.startswith(("- α", "- Bal"))]
    return (
        f"{markdown(['training', *ACCURACIES], list(_accuracies(result).values()))}\n"
        f"{_how(result)}\n\n{''.join(kept)}"
    )


@measured(
    "mivia-balancers",
    f"{_STUDY} benchmarks/study/balancers.yaml",
    "mivia-study-balancers",
    "balancer-cost-cpu",
)
def mivia_balancers(result: dict[str, Any], cost: dict[str, Any] | None = None) -> str:
    """Return the table of all balancers on MIVIA, with what their steps cost."""
    accuracies, conclusions = _accuracies(result), _balancers_conclusions(result)
    if cost is None:
        table = markdown(["balancer", *ACCURACIES], list(accuracies.values()))
        ask = "What their steps cost: `python -m benchmarks.speed.balancers`."
        return f"{table}\n{_how(result)} {ask}\n\n{conclusions}"
    found = cost["presets"][_COST_OF]["balancers"]
    names = {value_label("balancing.balancer", name): name for name in found}
    rows = [
        [*row, _ratios(found, names[label], "time"), _ratios(found, names[label], "memory")]
        for label, row in accuracies.items()
    ]
    columns = ["balancer", *ACCURACIES, "time", "peak memory"]
    return (
        f"{markdown(columns, rows)}\n{_how(result)} Time and peak memory of the training step of "
        f"preset `{_COST_OF}`, as ratios to the plain joint step; after the slash with gradients "
        f"taken at the features. Made by `{cost['command']}`.\n\n{conclusions}"
    )


def _ratios(found: dict[str, Any], name: str, of: str) -> str:
    """Return a ratio, and that at the features if there is one: ``2.05 / 1.25``."""
    steps = [name, f"{name} at features"]
    return " / ".join(f"{found[step][f'{of}_ratio']:.2f}" for step in steps if step in found)


_ALIKE = r"Balancer: (.+) and (.+) cannot be (?:distinguished|told apart)\."
"""How a report says that two balancers are alike, now and in results of earlier versions."""


def _balancers_conclusions(result: dict[str, Any]) -> str:
    """Return what the report concludes; those that cannot be told apart share a line."""
    lines, alike = [], []
    for each in result["conclusions"]:
        same = re.fullmatch(_ALIKE, each["headline"])
        if same:
            alike.append(same[1])
            reference = same[2]
        else:
            lines.append(f"- {each['headline']} {each['detail']}\n")
    if alike:
        lines.append(
            "- Balancer: these cannot be distinguished in any task from "
            f"{reference}: {', '.join(alike)}.\n"
        )
    return "".join(lines)


def _accuracies(result: dict[str, Any]) -> dict[str, list[str]]:
    """Return a row for each training: its label, and its accuracies with intervals."""
    keys = ("mask.pixel_accuracy", "pattern.accuracy", "intensity.accuracy")
    return {
        label: [label, *(with_interval(found[key]) for key in keys)]
        for label, found in result["by_patch"].items()
    }


def _how(result: dict[str, Any]) -> str:
    return (
        f"Preset `{result['settings']['preset']}`, 15 epochs, {result['runs']} runs, by patch, "
        f"with {intervals_of(result)}. Made by `{result['command']}`."
    )


@measured("mivia-study-conclusions", "study.mivia data", "mivia-study-tiny")
def mivia_study_conclusions(result: dict[str, Any]) -> str:
    """Return what the report of the grid concludes."""
    found = "".join(
        f"- {each['headline']} {each['detail']} ({each['verdict']})\n"
        for each in result["conclusions"]
    )
    return f"With {intervals_of(result)}:\n\n{found}"


@measured("i3a-study-conclusions", "study.i3a data", "i3a-study-tiny")
def i3a_study_conclusions(result: dict[str, Any]) -> str:
    """Return what the report of the grid on I3A concludes."""
    return mivia_study_conclusions(result)
