"""Tables about the shipped weights."""

from __future__ import annotations

from typing import Any

import pandas as pd

from anascope.files import read_json
from anascope.recipe import DRAWN
from benchmarks.arguments import RESULTS
from benchmarks.pages._markdown import (
    Written,
    intervals_of,
    markdown,
    measured,
    with_interval,
)

_LABORATORIES = {"mivia": "MIVIA", "i3a": "I3A"}

_WAYS = {
    "drawn_alone": "drawn specimens alone",
    "left_out": "drawn specimens and the other laboratory",
    "contest": "all but the 14 test images of the ICPR 2012 contest",
    "five_folds": "all but a fifth of the patients, five folds",
}


@measured("weights-s", "accuracy.shipped data")
def weights(result: dict[str, Any]) -> Written:
    """Return what the shipped network's recipe is worth on patients held out."""
    rows = []
    for laboratory, words in _LABORATORIES.items():
        for way, learned in _WAYS.items():
            if way in result["laboratories"][laboratory]:
                rows.append([words, learned, *_worth(result["laboratories"][laboratory][way])])
    sizes, minutes = result["megabytes"], _minutes(result)
    where = result["hardware"]["gpu"] or "one or two CPU threads, some at the same time"
    note = (
        "Each network is tested on specimens that it has not seen, one a patient (for I3A: "
        "recovered specimens, each with four mosaics of its cells), with 95% intervals over "
        "specimens, or over fields for Dice. The pattern is one of the six of each set. Cells are "
        "given by their masks, and each is named by itself. "
        f"{sizes['weights.safetensors']:.1f} MB of weights, "
        f"{sizes['network.onnx']:.1f} MB for ONNX Runtime. Trainings took "
        f"{sum(minutes.values()):.0f} minutes in total for {len(minutes)} networks, "
        f"{drawn_minutes(result):.0f} of them for drawn specimens, on {where}."
    )
    columns = [
        "tested on",
        "learned from",
        "pattern right, by specimen",
        "mean over classes",
        "pattern right, by cell",
        "intensity right",
        "Dice, border cells left out",
    ]
    return columns, rows, note


def _worth(found: dict[str, Any]) -> list[str]:
    by_specimen, fields = found["pattern_by_specimen"], found["all_test_patients"]
    graded = "intensity_with_a_threshold" in found
    return [
        f"{by_specimen['right']} of {by_specimen['specimens']}: "
        + with_interval(by_specimen["accuracy"]),
        f"{by_specimen['mean_class_accuracy']:.3f}",
        f"{found['cell_patterns']['accuracy']:.3f}",
        with_interval(fields["intensity_accuracy"]) if graded else "–",
        with_interval(fields["dice_without_border_cells"]),
    ]


def _minutes(result: dict[str, Any]) -> dict[str, float]:
    return {name: took / 60 for name, took in result["training_seconds"].items()}


def drawn_minutes(result: dict[str, Any]) -> float:
    """Return how long the rounds of drawn specimens were learned from."""
    return sum(took for name, took in _minutes(result).items() if name.startswith(f"{DRAWN}-"))


_JUDGED = {
    "judged_by_the_other_laboratory": "the other laboratory, left out as well, and drawn ones",
    "judged_at_home": "patients of the other laboratory, at home",
}


@measured("new-laboratory", "accuracy.shipped data", "weights-s")
def new_laboratory(result: dict[str, Any]) -> Written:
    """Return how far answers may be believed in a laboratory that is new to the network."""
    rows = []
    for laboratory, words in _LABORATORIES.items():
        for key, judged in _JUDGED.items():
            found = result["new_laboratory"][laboratory].get(key)
            if found is None:
                continue
            rows.append(
                [
                    words,
                    judged,
                    with_interval(found["coverage"]),
                    f"{found['mean_size']:.1f}",
                    with_interval(found["family_right"]),
                    f"{found['family_calibration_error']:.3f}",
                ]
            )
    note = (
        "The stated coverage of the sets is 0.8. The network has learned neither from the "
        "laboratory that is read nor from its microscope. With 95% intervals over specimens."
    )
    columns = [
        "new laboratory",
        "calibrated on",
        "sets that contain the right pattern",
        "patterns in a set",
        "family right",
        "calibration error of the family",
    ]
    return columns, rows, note


@measured("drawn-sera", "accuracy.shipped data", "weights-s")
def drawn_sera(result: dict[str, Any]) -> Written:
    """Return how mixed and negative sera are told among drawn specimens."""
    drawn = result["drawn"]
    mixed, pairs, pattern = drawn["mixed_sera"], drawn["random_pairs"], drawn["pattern"]
    rows = [
        ["single sera: pattern right, of 32", with_interval(pattern["accuracy"])],
        ["mixed sera: both patterns named, and no other", with_interval(mixed["both_named"])],
        ["mixed sera: called mixed", with_interval(mixed["called_mixed"])],
        ["single sera: called mixed", with_interval(mixed["singles_called_mixed"])],
        ["mixed against single sera: AUROC", f"{mixed['auroc']:.3f}"],
        [
            "mixed sera of any two patterns: both patterns named, and no other",
            with_interval(pairs["both_named"]),
        ],
        ["mixed sera of any two patterns: called mixed", with_interval(pairs["called_mixed"])],
    ]
    for against, found in drawn["negative_sera"].items():
        rows += [
            [f"negative sera against {against}: AUROC", f"{found['auroc']:.3f}"],
            [f"{against}: called positive", with_interval(found["sensitivity"])],
        ]
    rows.append(["negative sera: called negative", with_interval(found["specificity"])])
    note = (
        f"{pattern['specimens']} specimens of one pattern, {mixed['specimens']} of two that often "
        f"come together, and {pairs['specimens']} of any two that stain different parts of a cell. "
        "Their drawn patients and microscopes are not among those from which the network learned. "
        "With 95% intervals over specimens."
    )
    return ["drawn specimens", "share"], rows, note


_FIVE_FOLDS = {
    "dice_without_border_cells": "Dice, border cells left out",
    "dice_as_mask_stands": "Dice, mask as it stands",
    "intensity_accuracy": "intensity right (field)",
    "pattern_accuracy": "pattern right (field)",
}


@measured("weights-five-folds", "accuracy.shipped data", "weights-s")
def five_folds(result: dict[str, Any]) -> str:
    """Return what the shipped network does over five patient-wise folds of MIVIA, beside Otsu."""
    folds = result["laboratories"]["mivia"].get("five_folds")
    if folds is None:
        return "Not measured yet: `python -m benchmarks.accuracy.shipped data`.\n"
    read = {"the bundled model, `s`": folds["all_test_patients"]}
    commands, slow = [result["command"]], ""
    if (path := RESULTS / "mivia-paper-same-budget.json").is_file():
        paper = read_json(path)
        read["the published configuration, stopped early"] = paper["all_test_patients"]
        commands.append(paper["command"])
        patches = paper["settings"]["preset"]["sampling"]["patches"]
        minutes = [fold["training_seconds"] / 60 for fold in paper["folds"]]
        slow = (
            f"The published configuration learns from {patches} of its patches in "
            f"{min(minutes):.0f} to {max(minutes):.0f} minutes a fold on one CPU thread. This "
            "network was stopped early; the row shows its training cost, not its accuracy. "
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
        f"not seen the patient, with {intervals_of(result)}. Radii are whole pixels that were "
        f"chosen by the truth: {border['one_radius']['radius']:+d} for all fields together, from "
        f"{radii[0]:+d} to {radii[-1]:+d} by field. Dice without border cells at other thresholds "
        f"of the probability: {thresholds}. On average the outlines lie {read[0]:.1f} pixels below "
        f"the annotated ones and {read[1]:.1f} to the right; those of Otsu's threshold "
        f"{grey[0]:.1f} and {grey[1]:.1f}."
    )
    columns = ["outlines", "Dice, border cells left out", "Dice, cells nobody annotated left out"]
    return columns, rows, note


_MEASURES = {
    "pattern": "pattern right, by specimen",
    "cell_pattern": "pattern right, by cell",
    "dice": "Dice, border cells left out",
}
_SETS = {"mivia": "MIVIA", "i3a-specimens": "I3A"}


@measured("ablation", "accuracy.ablation data")
def ablation(result: dict[str, Any]) -> Written:
    """Return what each part of the recipe is worth on a laboratory left out."""
    (base, means), *changed = result["variants"].items()
    places = [(name, key) for name in _SETS for key in _MEASURES]
    rows = [[base, *(f"{means[name][key]['mean']:.3f}" for name, key in places)]]
    rows += [
        [variant, *(_gain(found[name].get(key)) for name, key in places)]
        for variant, found in changed
    ]
    specimens = " and ".join(f"{result['specimens'][name]} of {_SETS[name]}" for name in _SETS)
    note = (
        f"The first row has means over specimens ({specimens}), each read by a network that has "
        "not learned from its laboratory. The other rows have the difference that the change "
        "makes, paired by specimen, with 95% intervals over specimens, in bold if the interval "
        "leaves out 0."
    )
    columns = [f"{_SETS[name]}: {_MEASURES[key]}" for name, key in places]
    return ["recipe", *columns], rows, note


@measured("ablation-first", "accuracy.ablation data --step first")
def ablation_first(result: dict[str, Any]) -> Written:
    """Return what parts of the step on drawn specimens alone are worth on both laboratories."""
    return ablation(result)


def _gain(found: dict[str, Any] | None) -> str:
    return "–" if found is None else _difference(found["gain_over_base"])


def _difference(gain: dict[str, float]) -> str:
    """Return a difference with its interval."""
    text = f"{gain['mean']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]"
    return f"**{text}**" if gain["low"] > 0 or gain["high"] < 0 else text


@measured("reading-ways", "accuracy.reading_ways data --start s-drawn")
def reading_ways(result: dict[str, Any]) -> Written:
    """Return what other ways to read are worth in a laboratory that the network has not seen."""
    laboratories = result["laboratories"]
    ways = laboratories["mivia"]["ways"]
    rows = []
    for way in ways:
        row = [way]
        for of_laboratory in laboratories.values():
            found = of_laboratory["ways"][way]
            gain = "–" if way == next(iter(ways)) else _difference(found["gain_over_as_it_is"])
            row += [f"{found['right']} of {of_laboratory['specimens']}", gain]
        rows.append(row)
    note = (
        "Patterns named right, one field a specimen, by the network of drawn specimens alone, and "
        "the difference in shares from the first row, paired by specimen, with 95% intervals over "
        "specimens, in bold if the interval leaves out 0."
    )
    columns = [
        f"{_LABORATORIES[name]}: {what}"
        for name in laboratories
        for what in ("pattern right", "difference")
    ]
    return ["read", *columns], rows, note


@measured("self-training", "accuracy.self_training data --start s-drawn")
def self_training(result: dict[str, Any]) -> Written:
    """Return what a field head gains by its own answers in a laboratory that it has not seen."""
    laboratories = result["laboratories"]
    rows = []
    for threshold in laboratories["mivia"]:
        before = threshold == "before"
        row = ["as it was" if before else f"from {float(threshold):g} on"]
        for of_laboratory in laboratories.values():
            found = of_laboratory[threshold]
            labels = "–" if before else f"{found['right_labels']} of {found['labels']}"
            right = f"{found['right']} of {of_laboratory['before']['specimens']}"
            row += [labels, right, "–" if before else _difference(found["gain"])]
        rows.append(row)
    note = (
        "The likeliest pattern of a specimen is its label where its probability is high enough. By "
        "the network of drawn specimens alone, with the difference in shares from the first row, "
        "paired by specimen, with 95% intervals over specimens, in bold if the interval leaves out "
        "0."
    )
    columns = [
        f"{_LABORATORIES[name]}: {what}"
        for name in laboratories
        for what in ("labels right", "pattern right", "difference")
    ]
    return ["learned from labels", *columns], rows, note


@measured("field-head", "accuracy.field_head data --start s-drawn")
def field_head(result: dict[str, Any]) -> Written:
    """Return how many specimens are named right, by how much say the field head has."""
    laboratories = result["laboratories"]
    rows = []
    for share in laboratories["mivia"]:
        row = ["the dense head alone" if share == "0" else f"{float(share):.0%} of the say"]
        for of_laboratory in laboratories.values():
            found = of_laboratory[share]
            gain = "–" if share == "0" else _difference(found["gain"])
            row += [f"{found['right']} of {found['specimens']}", gain]
        row.append(f"{laboratories['drawn'][share]['mean_class_accuracy']:.3f}")
        rows.append(row)
    note = (
        "By the network of drawn specimens alone, with the difference in shares from the first "
        "row, paired by specimen, with 95% intervals over specimens, in bold if the interval "
        "leaves out 0. The drawn specimens show all patterns, under microscopes that the network "
        "has not seen."
    )
    names = {**_LABORATORIES, "drawn": "drawn specimens"}
    columns = [
        f"{names[name]}: {what}" for name in laboratories for what in ("right", "difference")
    ]
    return ["the field head has", *columns, "drawn specimens: mean over classes"], rows, note


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
        "orientations: the mean over a cell's mirror images and rotations by 90°. Trained for "
        f"{', '.join(f'{took:.0f}' for took in minutes)} minutes, on one or two CPU threads."
    )
    return ["cells that are", "named right", "named right in eight orientations"], rows, note
