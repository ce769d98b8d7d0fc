"""The table about models that are adapted to a laboratory."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured, with_interval

_LABORATORIES = {"mivia": "MIVIA", "i3a": "I3A, recovered specimens"}
_MEASURES = ("pattern_right", "loss", "held", "set_size", "intensity_right")


@measured("adaptation", "accuracy.adaptation DATA")
def adaptation(result: dict[str, Any]) -> Written:
    """Return what a model is worth in a new laboratory, by how many specimens it had of it."""
    rows = []
    for laboratory, words in _LABORATORIES.items():
        for name, found in result["laboratories"].get(laboratory, {}).items():
            if isinstance(found, dict):
                rows.append([f"{words}: {name}", *_worth(found)])
    note = (
        "Specimens, one a patient, were drawn as many times as the last column says; the model was "
        "tested on those to which it was not adapted. 95% intervals are over specimens. "
        "Differences are from the original model, on the same specimens. Drawn specimens show all "
        "patterns: what is fewer right of them than in the first row was forgotten. MIVIA has 28 "
        "patients, too few for a row of 40."
    )
    columns = [
        "new laboratory: specimens",
        "pattern right",
        "difference",
        "loss of the pattern",
        "difference",
        "sets at 0.8 that contain it",
        "patterns in a set",
        "intensity right",
        "drawn specimens right",
        "fine-tuned model kept, of draws",
    ]
    return columns, rows, note


def _worth(found: dict[str, Any]) -> list[str]:
    after, gain = found["after"], found["gain"]
    right, loss, held, size, graded = (_shown(after[key]) for key in _MEASURES)
    gained, less = (_shown(gain[key]) for key in ("pattern_right", "loss"))
    kept = f"{found['kept']['fine_tuned']} of {found['draws']}"
    drawn = f"{found['drawn_right']['after']:.3f}"
    return [right, gained, loss, less, held, size, graded, drawn, kept]


def _shown(value: dict[str, float | None]) -> str:
    """Return a measure with its interval; a dash where nothing was measured."""
    numbers = {key: number for key, number in value.items() if number is not None}
    return with_interval(numbers) if len(numbers) == len(value) else "–"
