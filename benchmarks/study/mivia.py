"""The published grid of 40 runs on real images: MIVIA, with a preset that fits the machine.

    python -m benchmarks.study.mivia DATA --set balancing.learning_rate=0.0036
    python -m benchmarks.study.mivia DATA --study benchmarks/study/alpha.yaml
    python -m benchmarks.study.mivia DATA --preset paper --accelerator gpu --jobs 4

DATA holds ``mivia-hep2`` as it is distributed. WORK (``--work``) keeps the cohort, the study and
its report, so that a stopped benchmark goes on where it was. Writes results/mivia-study-NAME.json,
NAME being the preset or the study file; the report's tables and figures stay in the work folder.

Why a learning rate of the balance weights: in the published study they take 15 epochs of about
1,210 steps at 1e-4, so each can move by 1.8 at most. 15 epochs of 34 steps at 0.0036 let them
move as far, and so let α do what it did there.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

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
from benchmarks.sets import mivia_cohort

KEYS = (
    "mask.pixel_accuracy",
    "pattern.accuracy",
    "intensity.accuracy",
    "mask.dice",
    "intensity.auroc",
)


def study_of(given: argparse.Namespace) -> StudyFolder:
    """Make the study folder, or open the one that is there."""
    cohort = mivia_cohort(given.data, given.work)
    changes = dict(text.split("=", 1) for text in given.set)
    grid = load_study(given.study, preset=given.preset, changes=changes)
    command = environment()["command"].split()
    folder = given.work / "studies" / f"mivia-{name_of(given)}"
    return new_study(folder, grid, cohort, command=command)


def name_of(given: argparse.Namespace) -> str:
    """Return what the results are called: the preset, or the study file."""
    return str(given.preset or Path(given.study).stem)


def seconds_from_first_to_last(study: StudyFolder) -> float:
    """Return the time from the first run's beginning to the last one's end, in seconds."""
    paths = [study.layout.run(run.name) for run in study.runs]
    first = min((path / "run.json").stat().st_mtime for path in paths)
    return max((path / "metrics.json").stat().st_mtime for path in paths) - first


def row(results: Results, level: Any) -> dict[str, dict[str, Any]]:
    """Return measures with intervals by training."""
    comparisons = Comparisons(results, level)
    return {
        each.training.label: {
            key: _said(comparisons.interval(each, comparisons.measure(key))) for key in KEYS
        }
        for each in results.trainings
    }


def main() -> None:
    """Run what is left of the grid, report it, write the results."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2", trains=True)
    parser.add_argument("--study", default="paper", help="name or YAML file")
    parser.add_argument("--preset", help="default: tiny for paper, else the study's")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    given = parser.parse_args()
    if given.study == "paper":
        given.preset = given.preset or "tiny"

    study = study_of(given)
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
    write_json(
        given.out / f"mivia-study-{name_of(given)}.json",
        {
            **environment(
                preset=study.study.preset, changes=given.set, jobs=given.jobs, seed=12357
            ),
            "trained_on": dict(results.runs[0].hardware),
            "cohort": {"name": "mivia", "fingerprint": study.fingerprint},
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


def _said(interval: Interval) -> dict[str, float]:
    return {"mean": interval.estimate, "low": interval.low, "high": interval.high}


if __name__ == "__main__":
    main()
