"""Tables about the shipped weights."""

from __future__ import annotations

from typing import Any

from benchmarks._markdown import if_measured, markdown, with_interval

_STEPS = {
    "drawn_and_cells_alone": "drawn specimens and I3A's cells; no MIVIA",
    "contest": "then the 14 training images of the contest",
    "five_folds": "then MIVIA, five patient-wise folds",
}


def weights() -> str:
    """Return what the shipped network does on real patients held out, step by step."""
    return if_measured(_weights, "weights-s", "python -m benchmarks.weights data")


def _weights(result: dict[str, Any]) -> str:
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
                f"{cells['precision']:.3f} / {cells['recall']:.3f}",
            ]
        )
    errors, sizes = result["calibration_error"], result["megabytes"]
    minutes = {name: took / 60 for name, took in result["training_seconds"].items()}
    threads = result["hardware"]["threads"]
    calibrated = result["calibrated_on"].replace("_", " ")
    note = (
        "Means over fields, one a patient, with 95% intervals by bootstrap; each network on "
        "patients that it has not seen. Pattern: of six; of cells, given by their masks and each "
        "named by itself. Cells found: boxes that overlap an annotated one by half. Expected "
        f"calibration error of the pattern ({calibrated}): {errors['before']:.3f} as it is, "
        f"{errors['after']:.3f} with a temperature fitted on the other patients. "
        f"{sizes['weights.safetensors']:.1f} MB of weights, {sizes['network.onnx']:.1f} MB for "
        f"ONNX Runtime. Training took {sum(minutes.values()):.0f} minutes on {threads} CPU "
        f"threads. Made by `{result['command']}`.\n"
    )
    columns = [
        "learned from",
        "test fields",
        "Dice, border cells left out",
        "Dice, mask as it stands",
        "intensity right",
        "pattern right (field)",
        "pattern right (cell)",
        "cells found: precision / recall",
    ]
    return markdown(columns, rows) + "\n" + note
