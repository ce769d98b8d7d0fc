"""Tables about drawn specimens: how near they are to real ones, and what is learned from them."""

from __future__ import annotations

from statistics import mean
from typing import Any

from benchmarks.pages._markdown import (
    Written,
    intervals_of,
    markdown,
    measured,
    with_interval,
)
from benchmarks.pages._weights import drawn_minutes

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


@measured("synthetic-fit", "data.fit data")
def synthetic_fit(result: dict[str, Any]) -> Written:
    """Return what was measured of real and of drawn fields of MIVIA, side by side."""
    found = {row["quantity"]: row for row in result["mivia"]["table"]}
    rows = [
        [name, *(f"{found[name][key]:.3g}" for key in ("real", "drawn", "ratio"))]
        for name in _SHOWN
        if name in found
    ]
    note = (
        f"{result['mivia']['real']} real and {result['mivia']['drawn']} drawn fields with the same "
        "labels; brackets give the quantile over fields. The other measures, and the cells of I3A "
        "Task 1, are in `results/synthetic-fit.json`."
    )
    return ["MIVIA", "real", "drawn", "ratio"], rows, note


@measured("synthetic-classifier", "data.told_apart data")
def synthetic_classifier(result: dict[str, Any]) -> Written:
    """Return how well classifiers tell real patches from drawn ones."""
    rows: list[list[str]] = []
    for view, found in result["views"].items():
        classifiers = {name: found[name] for name in ("forest", "network") if name in found}
        classifiers |= {f"forest on {name} alone": group for name, group in found["groups"].items()}
        rows.extend(
            [f"{view}, {name}", with_interval(each, "auroc")] for name, each in classifiers.items()
        )
    note = (
        "An AUROC of 0.5 is chance, and the aim, with "
        f"{intervals_of(result, 'fields')}; {result['patches']} patches of "
        f"{result['fields']} fields, half of them real; fields are held out in five parts."
    )
    return ["input of the classifier", "AUROC"], rows, note


@measured("synthetic-to-real", "accuracy.shipped data", "weights-s")
def synthetic_to_real(result: dict[str, Any]) -> str:
    """Return how a network that has seen drawn fields alone does on the real ones of MIVIA."""
    found = result["laboratories"]["mivia"]["drawn_alone"]
    everyone, otsu = found["all_test_patients"], found["otsu"]
    rows = [
        [label, with_interval(everyone[key]), with_interval(otsu[key]) if key in otsu else "–"]
        for label, key in (
            ("Dice, border cells left out", "dice_without_border_cells"),
            ("Dice, unknown pixels left out", "dice"),
            ("Dice, mask as it stands", "dice_as_mask_stands"),
            ("pattern right (field), of six", "pattern_accuracy"),
            ("intensity right (field)", "intensity_accuracy"),
        )
    ]
    cells, given = found["cells"], found["cell_patterns"]
    note = (
        f"Means over {everyone['patients']} fields, one a patient, with 95% intervals. Of "
        f"{cells['annotated']} annotated cells, {cells['matched']} match one of the "
        f"{cells['found']} found cells (boxes overlap by half). Of {given['cells']} cells given "
        f"by their masks, a share of {given['accuracy']:.3f} is named right. Trained for "
        f"{drawn_minutes(result):.0f} minutes on "
        f"{result['hardware']['gpu'] or 'one or two CPU threads'}. Made by `{result['command']}`.\n"
    )
    columns = ["28 real fields of MIVIA", "network of drawn fields", "Otsu"]
    return markdown(columns, rows) + "\n" + _by_class(found["fields"]) + "\n" + note


def _by_class(fields: list[dict[str, Any]]) -> str:
    """Return a row a pattern: how many fields, their mean Dice, how many are named right."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in fields:
        groups.setdefault(row["pattern"], []).append(row)
    rows = [
        [
            name,
            str(len(group)),
            f"{mean(row['dice_without_border_cells'] for row in group):.3f}",
            str(sum(row["pattern_right"] for row in group)),
            str(sum(row["intensity_right"] for row in group)),
        ]
        for name, group in sorted(groups.items())
    ]
    columns = ["pattern", "fields", "Dice, border cells left out", "pattern right"]
    return markdown([*columns, "intensity right"], rows)


@measured("synthesis-speed", "speed.drawing")
def synthesis_speed(result: dict[str, Any]) -> Written:
    """Return fields a second and memory."""
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
    return columns, rows, ""
