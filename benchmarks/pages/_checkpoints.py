"""The table of what a training writes to the disk."""

from __future__ import annotations

from typing import Any

from anascope.training import size_text
from benchmarks.pages._markdown import Written, measured


@measured("checkpoint-bytes", "speed.checkpoints DATA")
def checkpoint_bytes(result: dict[str, Any]) -> Written:
    """Return what one run writes, measured of a small one and computed of the published one."""
    small, paper = result["small"], result["paper"]
    each, timed = small["every_epoch"], small["by_time"]
    models = (result["settings"]["epochs"] - 1) * each["model"]
    rows = [
        ["one checkpoint", size_text(timed["checkpoint"]), size_text(paper["checkpoint"])],
        ["the model", size_text(timed["model"]), size_text(paper["model"])],
        [
            "written by a run, both after every epoch (earlier versions)",
            size_text(each["bytes"] + models),
            size_text(paper["before"]),
        ],
        ["written by a run now", size_text(timed["bytes"]), size_text(paper["now"])],
        ["written by a run of a study now", "", size_text(paper["now_in_a_study"])],
    ]
    settings, more = result["settings"], size_text(paper["checkpoint"])
    note = (
        f"{settings['epochs']} epochs of {settings['steps']} steps. `tiny` is "
        f"{settings['small']['network.width']} channels wide here and was measured. Earlier "
        "versions wrote a checkpoint after every epoch, and "
        f"{settings['epochs'] - 1} more models. `paper` was computed; it writes {more} more "
        f"for each {paper['minutes']:g} minutes that it takes."
    )
    beside = result.get("beside_training")
    if beside is not None:
        note += (
            f" A checkpoint of {size_text(beside['bytes'])} took {beside['seconds']:.0f} s to "
            f"write, and delayed another thread of the process for "
            f"{beside['held_up_seconds']:.1f} s of them, {beside['longest_seconds']:.2f} s at a "
            "time at most."
        )
    return ["", "`tiny`, measured", "`paper`, computed"], rows, note
