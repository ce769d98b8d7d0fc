"""The table about the pixel size that is estimated where nobody says it."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured, with_interval

_SETS = {"mivia": "MIVIA, left out", "i3a": "I3A, left out", "drawn": "drawn"}
_VIEWS = {"whole": "whole fields", "crop": "300×300"}


@measured("scale", "accuracy.scale DATA")
def scale(result: dict[str, Any]) -> Written:
    """Return how far off estimates are, by source and view, and what that does to the reading."""
    rows = [
        [f"{name}, {view}", *_row(result["by_view"][f"{source}, {key}"])]
        for source, name in _SETS.items()
        for key, view in _VIEWS.items()
    ]
    rows.append(["**all**", *_row(result["all"])])
    everything, reading = result["all"], result["all"]["read"]
    contradicted = everything["contradicted"]
    note = (
        f"{everything['pictures']:,} pictures: fields resampled by factors of 0.25 to 4, with "
        "hidden sizes. A laboratory is read by a network that learned from all others and from "
        "drawn fields. A picture without an estimate counts as not within 30%; the median error "
        f"includes estimates that are not reported. {reading['pictures']:,} evaluable pictures "
        f"with at least {result['fewest_cells']} cells were read twice, with the known size and "
        "with the estimate; the last column gives how often both name the same pattern. 95% "
        "intervals over fields. Reading with an estimate takes "
        f"{reading['median_cost']:.2f} times as long as "
        f"with a known size (at most {reading['largest_cost']:.2f} times). Of stated sizes, "
        f"{contradicted['right']:.1%} of the right ones are flagged as wrong, and "
        f"{contradicted['4_times']:.0%} and {contradicted['a_quarter']:.0%} of those that are four "
        "times too large and too small."
    )
    columns = ["pictures of", "number", "no estimate", "median error", "within 30%", "same name"]
    return columns, rows, note


def _row(found: dict[str, Any]) -> list[str]:
    read = found.get("read")
    return [
        f"{found['pictures']:,}",
        f"{found['without_an_estimate']:.0%}",
        f"{found['median_error']:.0%}",
        with_interval(found["within_30_percent"]),
        "–" if read is None else with_interval(read["same_name"]),
    ]
