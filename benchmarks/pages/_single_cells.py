"""The tables about single cells: told apart, and found to be dividing."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured, with_interval

_SETS = {
    "mivia": "MIVIA, five folds of patients",
    "i3a-fields": "I3A Task 2, five folds of fields",
    "tested-drawn-i3a": "drawn like I3A",
    "tested-drawn-mivia": "drawn like MIVIA",
}
_WAYS = {
    "interior": "network, by the interior",
    "outline": "network, by the outline",
    "otsu": "Otsu, by the outline",
}
_MEASURES = ("ap_at_0.5", "ap_at_0.75", "panoptic_quality", "share_an_outline")


@measured("instances", "accuracy.instances DATA")
def instances(result: dict[str, Any]) -> Written:
    """Return how well single cells are found, by set and by what tells them apart."""
    rows = [
        [
            f"{name}: {way}",
            *(with_interval(result[key][entry][measure], "all") for measure in _MEASURES),
            with_interval(result[key][entry]["dice"]),
        ]
        for key, name in _SETS.items()
        for entry, way in _WAYS.items()
    ]
    mivia = result["mivia"]
    cells, dividing = mivia["cells"], mivia["dividing"]
    others = dividing["limits_from_other_folds"]
    note = (
        "Average precision (AP) is the number of pairs divided by the sum of pairs, wrong cells "
        'and missed cells. 95% intervals over fields. "Not separated" is the share of true cells '
        "that share an outline with another. "
        f"Of {cells['annotated']:,} cells that MIVIA's annotators marked by "
        f"boxes, {cells['matched']:,} are found (F1 {cells['f1']:.3f}). Of {dividing['true']} "
        f"dividing cells, {dividing['right']} are found and classified as dividing, as are "
        f"{dividing['told'] - dividing['right']} cells that do not divide (F1 "
        f"{dividing['f1']:.3f}, or {others['f1']:.3f} by limits set on the other folds; AUROC over "
        f"found cells {dividing['auroc']:.3f}). Dice without "
        "cells at the border, on MIVIA: "
        f"{with_interval(mivia['interior']['dice_without_border_cells'])}."
    )
    return (
        ["cells of", "AP at 0.5", "AP at 0.75", "panoptic quality", "not separated", "Dice"],
        rows,
        note,
    )


@measured("chromatin", "accuracy.instances DATA", "instances")
def chromatin(result: dict[str, Any]) -> Written:
    """Return how well stained chromatin is told, and whether that helps to name the pattern."""
    stained, named = result["mivia"]["chromatin"], result["mivia"]["patterns"]
    rows = [
        [
            f"at least {stained['limit']}, a limit that was set on cells of these fields",
            _share(stained["right"], stained["cells"]),
        ],
        [
            "at least a limit that was set on the other four folds",
            _share(stained["right_by_limits_from_other_folds"], stained["cells"]),
        ],
    ]
    alone, voted = named["network"], named["network_and_chromatin"]
    note = (
        f"{stained['cells']} dividing cells of MIVIA that were found and whose chromatin is "
        f"annotated, {stained['stained']} of them stained; AUROC of the contrast "
        f"{stained['auroc']:.3f}. Of {named['fields']} fields, {named['with_dividing_cells']} of "
        "them with cells that the network classifies as dividing, the network alone names "
        f"{alone['right']} right (mean loss {alone['log_loss']:.2f} nats), and "
        f"{voted['right']} ({voted['log_loss']:.2f}) with the votes of these cells, as measured on "
        "the other folds."
    )
    return ["chromatin counts as stained if its contrast is", "right"], rows, note


def _share(count: int, of: int) -> str:
    return f"{count} of {of} ({count / of:.0%})"
