"""The table of what the desk's pages take."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured


@measured("desk-load", "speed.desk_load")
def desk_load(result: dict[str, Any]) -> Written:
    """Return the time of each kind of request, with pauses and without."""
    ways = result["ways"]
    paced, unpaced = ways["with pauses"], ways["without pauses"]
    rows = [
        [kind, *_times(paced["kinds"][kind]), *_times(unpaced["kinds"].get(kind))]
        for kind in paced["kinds"]
    ]
    note = (
        f"Milliseconds, {result['readers']} readers at once, a worklist of "
        f"{result['specimens']:,} specimens on SQLite, server and readers on "
        f"{result['hardware']['cores']} cores, which others used too. "
        f"With pauses of {paced['pause_seconds']:g} s on average between two steps of a reader "
        f"there were {paced['requests_a_second']:.0f} "
        f"requests and {paced['signatures'] / paced['seconds']:.1f} signatures a second; without "
        f"any, {unpaced['requests_a_second']:.0f} and "
        f"{unpaced['signatures'] / unpaced['seconds']:.1f}."
    )
    columns = [
        "request",
        "median",
        "95th percentile",
        "median, no pauses",
        "95th percentile, no pauses",
    ]
    return columns, rows, note


def _times(found: dict[str, float] | None) -> list[str]:
    if found is None:
        return ["–", "–"]
    return [f"{1000 * found[key]:.0f}" for key in ("p50", "p95")]
