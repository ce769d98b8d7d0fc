"""Tables of what a study costs."""

from __future__ import annotations

from typing import Any

from benchmarks.pages._markdown import Written, markdown, measured


@measured("study-driver", "study.driver")
def study_driver(result: dict[str, Any]) -> str:
    """Return the table of what driving a study costs, one row an executor and size."""
    columns = [
        "executor",
        "runs",
        "planning, s",
        "ms a run",
        "start with all done, s",
        "`study status`, s",
        "peak memory, MiB",
    ]
    rows = [
        [
            grid["executor"],
            f"{grid['runs']:,}",
            f"{grid['plan_seconds']:.2f}",
            f"{grid['ms_per_run']:.1f}",
            f"{grid['second_start_seconds']:.2f}",
            f"{grid['status_seconds']:.2f}",
            f"{grid['peak_memory_mib']:.0f}",
        ]
        for grid in result["grids"]
    ]
    first, later = result["real_runs"]
    around = [each["begin_seconds"] + each["finish_seconds"] for each in (first, later)]
    note = (
        f"Runs that do nothing, {result['settings']['jobs']} at a time, of "
        f"{result['settings']['patients']} patients. Besides its epochs, a real run of preset "
        f"`tiny` takes {around[0]:.1f} s in a new process (imports, curves, measuring the test "
        f"patients) and {around[1]:.1f} s in a process that has done a run before. On "
        f"{result['hardware']['cores']} CPU cores that others used too, by `{result['command']}`.\n"
    )
    return markdown(columns, rows) + "\n" + note


@measured("study-driver-simulated", "study.driver --simulated")
def study_driver_simulated(result: dict[str, Any]) -> str:
    """Return what driving many workers adds, as a sentence."""
    settings = result["settings"]
    return (
        f"{settings['runs']:,} runs of {settings['run_seconds']:.0f} s on {settings['workers']} "
        f"workers, simulated: without a driver, the last one ends after "
        f"{result['seconds_without_a_driver']:,.0f} s; planned and driven, after "
        f"{result['plan_seconds'] + result['seconds_driven']:,.0f} s, "
        f"{result['share_of_the_driver']:.2%} later. The driver itself computed for "
        f"{result['processor_seconds']:.1f} s and waited for the rest, on "
        f"{result['hardware']['cores']} cores that others used too. Made by "
        f"`{result['command']}`.\n"
    )


@measured("study-cost", "study.cost")
def study_cost(result: dict[str, Any]) -> Written:
    """Return the table of what the published study costs, one row a throughput."""
    gpus = result["settings"]["gpus"]
    columns = [
        "GPU, sustained share of its peak (assumed)",
        "TFLOP/s",
        "patches/s in training",
        "hours on one",
        f"hours on {gpus}",
        f"work / {gpus}, hours",
    ]
    rows = [
        [
            f"{row['gpu']}, {row['share_of_peak']:.0%}",
            f"{row['tflop_per_second']:.0f}",
            f"{row['patches_per_second']:.0f}",
            f"{row['hours_on_one']:.1f}",
            f"{row['hours_longest_first']:.2f}",
            f"{row['hours_if_divisible']:.2f}",
        ]
        for row in result["throughputs"]
    ]
    per_patch = result["flop_per_patch"]
    around = result["seconds_around_a_run"]
    note = (
        f"**Computed, not measured**: {result['runs']} runs, {result['epochs']} epochs, "
        f"{result['training_steps']:,} steps of {result['settings']['batch_size']} patches; "
        f"{per_patch['training_step'] / 1e9:.0f} GFLOP a patch in a training step, "
        f"{per_patch['prediction'] / 1e9:.0f} in a prediction (counted), "
        f"{result['flop']:.2e} FLOP in all, and {around['begin_and_finish']:.1f} s before and "
        f"after each run (measured for preset `tiny` on a CPU). Runs are not divided: the first "
        "free GPU takes the longest of the waiting runs."
    )
    return columns, rows, note
