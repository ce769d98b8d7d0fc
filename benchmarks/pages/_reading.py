"""Tables about reading: how long a field takes, and where the time goes."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, measured

_STAGES = {
    "decode": "decode the file",
    "scale": "estimate the pixel size, or compare what is stated with it",
    "prepare": "resize it to the network's scale",
    "network": "network",
    "cells": "separate cells, measure them, check the quality, decide",
    "write": "write pictures, masks and outlines",
    "specimen": "decide on the specimen, write its PDF",
}


@measured("reading-speed", "speed.reading")
def reading_speed(result: dict[str, Any]) -> Written:
    """Return seconds a field by stage, and what they are beside the published way."""
    stages = result["stages"]
    rows = [[words, f"{stages[key]:.3f}"] for key, words in _STAGES.items() if key in stages]
    total = f"**{result['seconds_a_field']:.2f}**"
    rows.append(["**from decoding to writing, with overlapping stages**", total])
    beside, memory = result["side_by_side"], result["memory"]
    held = list(memory["mib_after_files"].values())
    seconds, parameters = beside["seconds"], beside["parameters_of_the_published_network"]
    note = (
        f"{result['fields']} drawn fields of 1388×1038, one a specimen, on "
        f"{result['hardware']['threads']} CPU threads. From the start of the command to the first "
        f"result: {result['seconds_from_start_to_first_result']:.1f} s. The published way, 15 "
        f"patches one after the other through {parameters / 1e6:.0f} million parameters, took "
        f"{seconds['published']:.1f} s for its network alone, measured alternately in the same "
        f"run: {beside['network_ratio']:.0f} times as long as this network, and "
        f"{beside['whole_ratio']:.0f} times as long as the whole reading of a field "
        f"({seconds['whole']:.2f} s). A process used "
        f"{held[0]:.0f} MiB after {memory['files'] // 10:,} files and {held[-1]:.0f} after "
        f"{memory['files']:,}."
    )
    return ["stage", "seconds a field"], rows, note
