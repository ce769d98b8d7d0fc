"""Tables about drawn specimens: how near they are to real ones, and what is learned from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anascope.files import read_json
from benchmarks._markdown import markdown
from benchmarks.environment import RESULTS

_SHOWN = (
    "background, darkest tenth [50%]",
    "outside cells, median over dark [50%]",
    "cells, 50% of pixels, intermediate [50%]",
    "cells, 50% of pixels, positive [50%]",
    "cells, 90% of pixels, positive [50%]",
    "nucleus diameter µm [50%]",
    "nucleus diameter, sd within fields (log)",
    "elongation [50%]",
    "brightness of cells, sd within fields (log)",
    "whole cells a field [50%]",
    "share of mitotic cells",
    "rise at the border, width_um",
    "rise at the border, halo",
    "contrast inside cells, centromere",
    "contrast inside cells, coarse speckled",
    "contrast inside cells, fine speckled",
    "contrast inside cells, homogeneous",
    "contrast inside cells, nucleolar",
    "contrast inside cells, cytoplasmic",
    "noise: variance_50",
    "noise: gain_spread",
    "power of fields, 0.3 to 0.5/µm",
    "power of fields, 0.8 to 1.2/µm",
    "power of fields, 1.8 to 2.6/µm",
)


def _measured(table: Callable[[dict[str, Any]], str], name: str, command: str) -> str:
    """Return a table of a result, or how to measure it where there is none yet."""
    path = RESULTS / f"{name}.json"
    return table(read_json(path)) if path.is_file() else f"Not measured yet: `{command}`.\n"


def synthetic_fit() -> str:
    """Return what was measured of real and of drawn fields of MIVIA, side by side."""
    return _measured(_synthetic_fit, "synthetic-fit", "python -m benchmarks.synthetic_fit data")


def _synthetic_fit(result: dict[str, Any]) -> str:
    found = {row["quantity"]: row for row in result["mivia"]["table"]}
    rows = [
        [name, *(f"{found[name][key]:.3g}" for key in ("real", "drawn", "ratio"))]
        for name in _SHOWN
        if name in found
    ]
    note = (
        f"{result['mivia']['real']} real and {result['mivia']['drawn']} drawn fields with the same "
        f"labels; in brackets the quantile over fields. The rest, and the cells of I3A Task 1, are "
        f"in `results/synthetic-fit.json`. Made by `{result['command']}`.\n"
    )
    return markdown(["MIVIA", "real", "drawn", "ratio"], rows) + "\n" + note


def synthetic_classifier() -> str:
    """Return how well classifiers tell real patches from drawn ones."""
    return _measured(
        _synthetic_classifier,
        "synthetic-classifier",
        "python -m benchmarks.synthetic_classifier data",
    )


def _synthetic_classifier(result: dict[str, Any]) -> str:
    rows: list[list[str]] = []
    for view, found in result["views"].items():
        told = {name: found[name] for name in ("forest", "network") if name in found}
        told |= {f"forest on {name} alone": group for name, group in found["groups"].items()}
        rows.extend([f"{view}, {name}", _interval(each, "auroc")] for name, each in told.items())
    note = (
        f"AUROC, 0.5 is chance and best, 95% interval over fields; {result['patches']} patches of "
        f"{result['fields']} fields, half of them real, fields held out in five parts. "
        f"Made by `{result['command']}`.\n"
    )
    return markdown(["what is looked at", "AUROC"], rows) + "\n" + note


def synthetic_to_real() -> str:
    """Return how a network that has seen drawn fields alone does on the real ones of MIVIA."""
    return _measured(_synthetic_to_real, "synthetic-to-real", "python -m benchmarks.weights data")


def _synthetic_to_real(result: dict[str, Any]) -> str:
    everyone, otsu = result["all_test_patients"], result["otsu"]
    rows = [
        [label, _interval(everyone[key]), _interval(otsu[key]) if key in otsu else "–"]
        for label, key in (
            ("Dice, border cells left out", "dice_without_border_cells"),
            ("Dice, unknown pixels left out", "dice"),
            ("Dice, mask as it stands", "dice_as_mask_stands"),
            ("pattern right (field), of six", "pattern_accuracy"),
            ("intensity right (field)", "intensity_accuracy"),
        )
    ]
    patterns: dict[str, list[bool]] = {}
    for row in result["fields"]:
        patterns.setdefault(row["pattern"], []).append(row["pattern_right"])
    by_class = ", ".join(f"{name} {sum(r)} of {len(r)}" for name, r in sorted(patterns.items()))
    cells = result["cells"]
    note = (
        f"Means over {everyone['patients']} fields, one a patient, with 95% intervals. Pattern "
        f"right by class: {by_class}. Cells found and annotated ones (boxes that overlap by half): "
        f"{cells['matched']} of {cells['annotated']} annotated, {cells['found']} found. Trained "
        f"for {result['training_seconds'] / 60:.0f} minutes on {result['hardware']['threads']} "
        f"CPU threads. Made by `{result['command']}`.\n"
    )
    columns = ["28 real fields of MIVIA", "network of drawn fields", "Otsu"]
    return markdown(columns, rows) + "\n" + note


def synthesis_speed() -> str:
    """Return fields a second and memory."""
    return _measured(_synthesis_speed, "synthesis-speed", "python -m benchmarks.synthesis_speed")


def _synthesis_speed(result: dict[str, Any]) -> str:
    rows = [
        [f"`--like {name}`", *(f"{v['fields_per_second']:.2f}" for v in found["jobs"].values())]
        + [f"{v:.0f}" for v in found["peak_mib_after_fields"].values()]
        for name, found in result["sets"].items()
    ]
    first = next(iter(result["sets"].values()))
    columns = [
        "1388×1040 fields",
        *(f"fields/s, {jobs} process(es)" for jobs in first["jobs"]),
        *(f"MiB after {count} fields" for count in first["peak_mib_after_fields"]),
    ]
    return markdown(columns, rows) + f"\nMade by `{result['command']}`.\n"


def _interval(found: dict[str, float], key: str = "mean") -> str:
    return f"{found[key]:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
