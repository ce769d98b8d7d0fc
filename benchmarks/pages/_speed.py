"""Tables of what a training step takes, on a CPU and on a GPU."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, markdown, measured


@measured("step-cpu", "speed.step --before OLD/src")
def step_cpu(result: dict[str, Any]) -> str:
    """Return the table of steps of this version and an older one, by kind of operation."""
    cases = [
        (preset, threads, found)
        for preset, by_threads in result["presets"].items()
        for threads, found in by_threads.items()
    ]
    columns = ["", *_names(cases)]
    kinds = sorted(
        {kind for *_, found in cases for kind in found["after"]["milliseconds"]},
        key=lambda kind: -cases[0][2]["after"]["milliseconds"].get(kind, 0.0),
    )
    rows = [[kind, *(_beside(found, kind) for *_, found in cases)] for kind in kinds]
    rows.append(["**a step by the clock**", *(_whole(found) for *_, found in cases)])
    rows.append(["ratio", *(_ratio(found, "seconds_ratio") for *_, found in cases)])
    rows.append(
        [
            "ratio of processor time",
            *(_ratio(found, "cpu_seconds_ratio") for *_, found in cases),
        ]
    )
    note = (
        "Milliseconds of a step, before and after. The kinds of operations are those that "
        "PyTorch's profiler counted in a few steps; the ratios are geometric means over "
        f"{result['settings']['rounds']} paired rounds of 5 steps, with 95% intervals. Batch of "
        f"{result['settings']['batch_size']}, on {result['hardware']['cores']} cores that others "
        f"used too. Made by `{result['command']}`.\n"
    )
    return markdown(columns, rows) + "\n" + note


def _names(cases: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    return [
        f"`{preset}`, {threads} thread{'s' if threads != '1' else ''}"
        for preset, threads, _ in cases
    ]


def _beside(found: dict[str, Any], kind: str) -> str:
    versions = [found[name] for name in ("before", "after") if name in found]
    return " → ".join(f"{each['milliseconds'].get(kind, 0.0):.0f}" for each in versions)


def _whole(found: dict[str, Any]) -> str:
    versions = [found[name] for name in ("before", "after") if name in found]
    return " → ".join(f"{1000 * each['seconds']:.0f}" for each in versions)


def _ratio(found: dict[str, Any], key: str) -> str:
    return "{mean:.2f} [{low:.2f}, {high:.2f}]".format(**found[key]) if key in found else "–"


@measured("loading", "speed.loading --cohort work/mivia")
def loading(result: dict[str, Any]) -> Written:
    """Return the table of what loading a cohort takes of a run, one row a preset."""
    rows = [
        [
            f"`{name}`",
            f"{found['processor_seconds']:.1f}",
            f"{found['bytes_of_fields'] / 1e6:.0f}",
            f"{found['bytes_of_a_run'] / 1e6:.0f}",
            f"{100 * found['share_of_memory']:.1f}",
        ]
        for name, found in result["presets"].items()
    ]
    columns = ["", "loading, processor seconds", "fields, MB", "whole run, MB", "share, %"]
    note = (
        f"All {result['settings']['fields']} fields of the cohort; medians of "
        f"{result['settings']['rounds']} rounds on one thread. The memory of a whole run is the "
        "computed amount that `--jobs auto` assumes for a GPU."
    )
    return columns, rows, note


@measured("gpu", "speed.gpu --cohort mivia")
def gpu(result: dict[str, Any]) -> Written:
    """Return the table of a GPU's training steps, one row a preset."""
    parts = result["parts"]
    rows = []
    for name, found in parts.items():
        if not name.startswith("steps of ") or "failed" in found:
            continue
        exact = found["with_gradnorm"]
        rows.append(
            [
                f"`{name.removeprefix('steps of ')}`, batch {found['batch_size']}",
                f"{found['without_gradnorm']['patches_per_second']:.0f}",
                f"{exact['patches_per_second']:.0f}",
                f"{found['gradnorm_to_plain']:.2f}",
                f"{exact['flop_per_second'] / 1e12:.1f}",
                f"{exact['share_of_plain_product']:.0%}",
                f"{1000 * exact['seconds_per_step']:.1f}",
                f"{1000 * found['heads']['least_seconds_per_step']:.2f}",
            ]
        )
    columns = [
        "preset",
        "patches/s",
        "with GradNorm",
        "ratio of times",
        "TFLOP/s",
        "of a plain product",
        "ms a step",
        "ms to move the heads",
    ]
    note = f"On {result['hardware']['gpu'] or result['hardware']['processor']}."
    grid = parts.get("published grid", {})
    if grid.get("minutes_of_all"):
        note += (
            f" {grid['done']} of the {grid['runs']} runs of the published grid on MIVIA were done; "
            f"at their pace, all runs take {grid['minutes_of_all']:.1f} minutes, one after the "
            "other."
        )
    return columns, rows, note
