"""The table about models that are adapted to a laboratory."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured, with_interval

_LABORATORIES = {"mivia": "MIVIA", "i3a": "I3A"}
_MEASURES = ("pattern_right", "held")


@measured("adaptation", "accuracy.adaptation DATA")
def adaptation(result: dict[str, Any]) -> Written:
    """Return what a model is worth in a new laboratory, by how many specimens it had of it."""
    rows = []
    for laboratory, words in _LABORATORIES.items():
        for name, found in result["laboratories"].get(laboratory, {}).items():
            if isinstance(found, dict):
                rows.append([f"{words}: {name}", *_worth(found)])
    note = (
        "Specimens of the new laboratory, one a patient, were drawn as many times as the last "
        "column says, which also has how often the fine-tuned model was kept; the model was "
        "tested on those to which it was not adapted. 95% intervals are over specimens. "
        "Gains and changes are from the original model, on the same specimens. Sets state a "
        "coverage of 0.8; a grade is the intensity. Drawn specimens show all "
        "patterns: what is fewer right of them than in the first row was forgotten. MIVIA has 28 "
        "patients, too few for a row of 40."
    )
    columns = [
        "specimens",
        "pattern right",
        "gain",
        "change of loss",
        "sets with it",
        "set size",
        "grade right",
        "drawn: right",
        "kept",
    ]
    return columns, rows, note


def _worth(found: dict[str, Any]) -> list[str]:
    after, gain = found["after"], found["gain"]
    right, held = (_shown(after[key]) for key in _MEASURES)
    mean = after["intensity_right"]["mean"]
    graded = "–" if mean is None else f"{mean:.3f}"
    size = f"{after['set_size']['mean']:.1f}"
    gained, less = (_shown(gain[key]) for key in ("pattern_right", "loss"))
    kept = f"{found['kept']['fine_tuned']} of {found['draws']}"
    drawn = f"{found['drawn_right']['after']:.3f}"
    return [right, gained, less, held, size, graded, drawn, kept]


def _shown(value: dict[str, float | None]) -> str:
    """Return a measure with its interval; a dash where nothing was measured."""
    numbers = {key: number for key, number in value.items() if number is not None}
    return with_interval(numbers) if len(numbers) == len(value) else "–"
