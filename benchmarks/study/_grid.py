"""The published grid of 40 runs on real images: runs, report and result."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.metrics import Interval
from anascope.report import Finding
from anascope.studies import StudyFolder, load_study, new_study, run_study
from anascope.studies.analysis import (
    Comparisons,
    Results,
    read_results,
    report_study,
)
from anascope.workers import Processes
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

KEYS = (
    "mask.pixel_accuracy",
    "pattern.accuracy",
    "intensity.accuracy",
    "mask.dice",
    "intensity.auroc",
)


def grid_given(
    doc: str | None, *, data: str, study: str, words: Sequence[str] | None = None
) -> argparse.Namespace:
    """Return what was given on the command line of a grid on real images.

    Args:
        doc: The benchmark's docstring.
        data: The set that it reads.
        study: Name or YAML file of the study that is run by default, with the preset `tiny`.
        words: Instead of those of the command line.
    """
    parser = benchmark_arguments(doc, data=data, trains=True)
    parser.add_argument("--study", default=study, help="name or YAML file [%(default)s]")
    parser.add_argument("--preset", help="default: tiny for the default study, else the study's")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    given = parser.parse_args(words)
    if given.study == study:
        given.preset = given.preset or "tiny"
    return given


def result_name(set_name: str, given: argparse.Namespace) -> str:
    """Return what a result is called: by the set, and the preset or else the study file."""
    return f"{set_name}-study-{given.preset or Path(given.study).stem}"


def study_on(cohort: Cohort, name: str, given: argparse.Namespace) -> StudyFolder:
    """Make the study folder, or open the one that is there.

    Args:
        cohort: What it is run on.
        name: What the result is called.
        given: What was given on the command line (:func:`grid_given`).
    """
    changes = dict(text.split("=", 1) for text in given.set)
    grid = load_study(given.study, preset=given.preset, changes=changes)
    command = environment()["command"].split()
    return new_study(given.work / "studies" / name, grid, cohort, command=command)


def seconds_from_first_to_last(study: StudyFolder) -> float:
    """Return the time from the first run's beginning to the last one's end, in seconds."""
    paths = [study.layout.run(run.name) for run in study.runs]
    first = min((path / "run.json").stat().st_mtime for path in paths)
    return max((path / "metrics.json").stat().st_mtime for path in paths) - first


def row(results: Results, level: Any) -> dict[str, dict[str, Any]]:
    """Return measures with intervals by training, but for tasks that no specimen tests."""
    comparisons = Comparisons(results, level)
    intervals = {
        each.training.label: {
            key: comparisons.interval(each, comparisons.measure(key)) for key in KEYS
        }
        for each in results.trainings
    }
    return {
        label: {
            key: _plain(found) for key, found in by_key.items() if not math.isnan(found.estimate)
        }
        for label, by_key in intervals.items()
    }


def run_grid(cohort: Cohort, name: str, given: argparse.Namespace) -> None:
    """Run what is left of the grid, report it, write ``results/NAME.json``.

    Args:
        cohort: What it is run on.
        name: What the result is called.
        given: What was given on the command line (:func:`grid_given`).
    """
    study = study_on(cohort, name, given)
    ended = run_study(study, Processes(given.jobs), accelerator=given.accelerator)
    for name, reason in ended.failed.items():
        print(f"failed: {name}: {reason}")
    made = report_study(study, study.layout.report)
    results = read_results(study)
    trained = sum(float(run.history["seconds"].sum()) for run in results.runs)
    patches = sum(
        float((run.history["seconds"] * run.history["patches_per_second"]).sum())
        for run in results.runs
    )
    # Runs that were continued with other --jobs have another number of them.
    threads = sorted({run.hardware.threads for run in results.runs})
    write_json(
        given.out / f"{name}.json",
        {
            **environment(
                preset=study.study.preset, changes=given.set, jobs=given.jobs, seed=12357
            ),
            "trained_on": {**dict(results.runs[0].hardware), "threads": threads},
            "cohort": {"name": cohort.info.name, "fingerprint": study.fingerprint},
            "runs": len(results.runs),
            "failed": dict(ended.failed),
            "minutes_from_first_to_last": seconds_from_first_to_last(study) / 60,
            "minutes_of_training": trained / 60,
            "patches_per_second_of_a_run": patches / trained,
            "by_patch": row(results, "patch"),
            "by_specimen": row(results, "specimen"),
            "conclusions": [
                {"headline": block.headline, "detail": block.detail, "verdict": block.verdict}
                for block in made.document.sections[0].blocks
                if isinstance(block, Finding)
            ],
        },
    )


def _plain(interval: Interval) -> dict[str, float]:
    return {"mean": interval.estimate, "low": interval.low, "high": interval.high}
