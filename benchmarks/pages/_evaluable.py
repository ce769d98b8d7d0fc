"""The table about what is named that is no HEp-2 field, and what is refused that is one."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured


@measured("evaluability", "accuracy.evaluability DATA")
def evaluability(result: dict[str, Any]) -> Written:
    """Return how many pictures of each kind are evaluable, in the half that set no limit."""
    found = result["measured_half"]
    rows = [
        [kind, str(counts["pictures"]), str(counts["evaluable"])]
        for kind, counts in found["kinds"].items()
    ]
    named, refused = (
        f"{entry['count']} of {entry['of']} ({entry['low']:.1%} to {entry['high']:.1%})"
        for entry in (found["others_named"], found["fields_refused"])
    )
    note = (
        f"Other pictures that were accepted: {named}. Fields that were refused: {refused}. The 95% "
        "intervals of Clopper and Pearson treat pictures as independent, though those of one "
        "source are not."
    )
    return ["picture", "measured", "evaluable"], rows, note
