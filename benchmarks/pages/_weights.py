"""Tables about the shipped weights."""

from __future__ import annotations

from typing import Any

import pandas as pd

from anascope.files import read_json
from benchmarks.arguments import RESULTS
from benchmarks.pages._markdown import (
    Written,
    intervals_of,
    markdown,
    measured,
    with_interval,
)

_MEASURES = {
    "dice": "Dice, border cells left out",
    "cell_pattern": "pattern right (cell)",
    "pattern": "pattern right (field)",
    "intensity": "intensity right",
}

_STEPS = {
    "drawn_and_cells_alone": "drawn specimens and I3A's cells; no MIVIA",
    "contest": "then the 14 training images of the contest",
    "five_folds": "then MIVIA, five patient-wise folds",
}


@measured("weights-s", "accuracy.shipped data --size s")
@measured("weights-b", "accuracy.shipped data --size b")
def weights(result: dict[str, Any]) -> Written:
    """Return what a shipped network does on real patients held out, step by step."""
    rows = []
    for key, words in _STEPS.items():
        if key not in result:
            continue
        found, cells = result[key]["all_test_patients"], result[key]["cells"]
        rows.append(
            [
                words,
                str(found["patients"]),
                with_interval(found["dice_without_border_cells"]),
                with_interval(found["dice_as_mask_stands"]),
                with_interval(found["intensity_accuracy"]),
                with_interval(found["pattern_accuracy"]),
                f"{result[key]['cell_patterns']['accuracy']:.3f}",
                f"{result[key]['cell_patterns']['accuracy_in_field']:.3f}",
                f"{cells['precision']:.3f} / {cells['recall']:.3f}",
            ]
        )
    errors, sizes = result["calibration_error"], result["megabytes"]
    minutes = {name: took / 60 for name, took in result["training_seconds"].items()}
    alone, gpu = minutes["drawn"] + minutes["cells"], result["hardware"]["gpu"]
    where = f"on {gpu}" if gpu else "each on one or two CPU threads, some beside another"
    calibrated = result["calibrated_on"].replace("_", " ")
    note = (
        "Means over fields, one a patient, with 95% intervals; each network on "
        "patients that it has not seen. Pattern: of six; of cells, given by their masks, each "
        "named by itself or with the mean of its field. Cells found: boxes that overlap an "
        "annotated one by half. Expected "
        f"calibration error of the pattern ({calibrated}) with a temperature fitted on the other "
        f"patients: {_error(errors['fields'])} of fields, {_error(errors['cells'])} of cells. "
        f"{sizes['weights.safetensors']:.1f} MB of weights, {sizes['network.onnx']:.1f} MB for "
        f"ONNX Runtime. Trainings took {sum(minutes.values()):.0f} minutes summed over "
        f"{len(minutes)} networks, {alone:.0f} of them for the steps before MIVIA, {where}."
    )
    columns = [
        "learned from",
        "test fields",
        "Dice, border cells left out",
        "Dice, mask as it stands",
        "intensity right",
        "pattern right (field)",
        "pattern right (cell by itself)",
        "pattern right (cell in its field)",
        "cells found: precision / recall",
    ]
    return columns, rows, note


def _error(found: dict[str, float]) -> str:
    return (
        f"{found['after']:.3f} (without {found['before']:.3f}; a perfectly calibrated network "
        f"would show {found['if_exact']:.3f} with so few)"
    )


_FIVE_FOLDS = {
    "dice_without_border_cells": "Dice, border cells left out",
    "dice_as_mask_stands": "Dice, mask as it stands",
    "intensity_accuracy": "intensity right (field)",
    "pattern_accuracy": "pattern right (field)",
}


@measured("weights-five-folds", "accuracy.shipped data --five-folds", "weights-s")
def five_folds(result: dict[str, Any]) -> str:
    """Return what the shipped network does over five patient-wise folds of MIVIA, beside Otsu."""
    folds = result["five_folds"]
    read = {"the shipped network, `s`": folds["all_test_patients"]}
    commands, slow = [result["command"]], ""
    if (path := RESULTS / "weights-b.json").is_file() and "five_folds" in (
        large := read_json(path)
    ):
        read["the larger one, `b`"] = large["five_folds"]["all_test_patients"]
        commands.append(large["command"])
    if (path := RESULTS / "mivia-paper-same-budget.json").is_file():
        paper = read_json(path)
        read["the published configuration, as long on MIVIA"] = paper["all_test_patients"]
        commands.append(paper["command"])
        told = paper["settings"]["preset"]["sampling"]["patches"]
        minutes = [fold["training_seconds"] / 60 for fold in paper["folds"]]
        slow = (
            f"The published configuration learns from {told} of its patches in "
            f"{min(minutes):.0f} to {max(minutes):.0f} minutes a fold on one CPU thread, the time "
            "that the last step of `s` takes. This network was stopped early; the row shows its "
            "training cost, not its accuracy. "
        )
    read["Otsu threshold"] = folds["otsu"]
    rows = [
        [name, *(with_interval(found[key]) if key in found else "–" for key in _FIVE_FOLDS)]
        for name, found in read.items()
    ]
    note = (
        f"Means over {folds['all_test_patients']['patients']} fields, one a patient, each read by "
        f"a network that has not seen the patient, with 95% intervals. {slow}Made by "
        f"{', '.join(f'`{command}`' for command in commands)}.\n"
    )
    return markdown(["", *_FIVE_FOLDS.values()], rows) + "\n" + note


_OUTLINES = {
    "as_read": "as read",
    "one_radius": "moved by one radius for all fields",
    "radius_by_field": "moved by each field's own radius",
    "truth_in_pixels_of_the_network": "the truth itself, drawn in pixels of the network's size",
}


@measured("outlines", "accuracy.outlines data")
def outlines(result: dict[str, Any]) -> Written:
    """Return what Dice would be with outlines moved in hindsight."""
    border, annotated = result["dice_without_border_cells"], result["dice_of_annotated_cells"]
    rows = [
        [words, with_interval(border[key]), with_interval(annotated[key])]
        for key, words in _OUTLINES.items()
    ]
    radii = sorted(border["radii"].values())
    thresholds = ", ".join(
        f"{each['mean']:.3f} at {threshold}" for threshold, each in result["by_threshold"].items()
    )
    read, grey = (
        pd.DataFrame(list(result["pixels_beside"][of].values())).mean()
        for of in ("read", "of_grey_levels")
    )
    note = (
        f"Means over {result['fields']} fields of the five folds, each read by a network that has "
        f"not seen the patient, with {intervals_of(result)}. Radii in whole pixels, chosen with "
        f"the truth in sight: {border['one_radius']['radius']:+d} for all, from {radii[0]:+d} to "
        f"{radii[-1]:+d} by field. By the probability from which a pixel is cell, border cells "
        f"left out: {thresholds}. As a whole they lie {read[0]:.1f} pixels below the annotated "
        f"ones and {read[1]:.1f} to the right; those of Otsu's threshold {grey[0]:.1f} and "
        f"{grey[1]:.1f}."
    )
    columns = ["outlines", "Dice, border cells left out", "Dice, cells nobody annotated left out"]
    return columns, rows, note


@measured("ablation", "accuracy.ablation data")
def ablation(result: dict[str, Any]) -> Written:
    """Return what each part of the recipe is worth."""
    patches = result["settings"]["base"]["sampling.patches"]
    return _changes(result, f"Every network learned from {patches} patches.")


@measured("recipe-variants", "accuracy.whole_recipes data")
def recipe_variants(result: dict[str, Any]) -> Written:
    """Return what the whole recipe does when it is done in other ways."""
    return _changes(result, "Each field is read by a network of five folds that has not seen it.")


def _changes(result: dict[str, Any], of_networks: str) -> Written:
    """Return the table of a recipe, its first variant, and of what changes do to it."""
    (base, means), *changed = result["variants"].items()
    rows = [[base, *(f"{means[key]['mean']:.3f}" for key in _MEASURES)]]
    for name, found in changed:
        rows.append([name, *(_gain(found.get(key)) for key in _MEASURES)])
    note = (
        f"First row: means over {result['test_fields']} fields; the others: what the change does "
        f"to them with the same seed, paired by field, with {intervals_of(result)}, "
        f"in bold where the interval leaves out 0. {of_networks}"
    )
    return ["recipe", *_MEASURES.values()], rows, note


def _gain(found: dict[str, Any] | None) -> str:
    """Return a difference with its interval, or a dash where it was not measured."""
    if found is None:
        return "–"
    gain = found["gain_over_base"]
    text = f"{gain['mean']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]"
    return f"**{text}**" if gain["low"] > 0 or gain["high"] < 0 else text


@measured("i3a-cells", "accuracy.cells data --over-cells")
def i3a_cells(result: dict[str, Any]) -> Written:
    """Return what folds over the I3A cells gave."""
    folds, eight = result["accuracy_of_folds"], result["in_eight_orientations"]
    rows = [
        [name, f"{result['class_accuracy'][name]:.3f}", f"{eight['class_accuracy'][name]:.3f}"]
        for name in result["confusion"]["labels"]
    ]
    rows.append(["all cells", with_interval(result["accuracy"]), with_interval(eight["accuracy"])])
    for name, share in folds.items():
        rows.append([f"fold {name}", f"{share:.3f}", f"{eight['accuracy_of_folds'][name]:.3f}"])
    minutes = [took / 60 for took in result["training_seconds"].values()]
    which = "five folds" if len(folds) == 5 else f"{len(folds)} of five folds"
    note = (
        f"{result['cells']:,} cells, each tested once, in {which} drawn over "
        "cells (not by specimen), with 95% intervals over cells. In eight "
        "orientations: the mean over a cell's mirror images and right angles. Trained for "
        f"{', '.join(f'{took:.0f}' for took in minutes)} minutes, on one or two CPU threads."
    )
    return ["cells that are", "named right", "named right in eight orientations"], rows, note
