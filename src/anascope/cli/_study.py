"""``anascope study``: run a grid of trainings over folds, look at it, report it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._log import logged
from anascope.cli._options import (
    Accelerator,
    Address,
    Commands,
    ExecutorName,
    IgnoreDisk,
    RunThreads,
    executor_named,
    key_values,
)
from anascope.cli._output import AsJson, print_json, print_line, print_table, tell, warn
from anascope.errors import InputError

if TYPE_CHECKING:
    from anascope.studies import StudyFolder

app = typer.Typer(
    cls=Commands,
    help="Run a grid of trainings over folds; show and report it.",
    no_args_is_help=True,
)

_SHOWN_FAILURES = 10


@app.command("run")
def run(
    study: Annotated[str, typer.Argument(help="Name of a study (paper), or a YAML file.")],
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Study folder; an existing study continues.")
    ],
    preset: Annotated[
        str | None, typer.Option(help="Preset to start from [default: that of the study].")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a key of the preset; may be repeated."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=V1,V2", help="Run only these values of a factor; may be repeated."
        ),
    ] = None,
    fold: Annotated[
        list[str] | None, typer.Option(help="Run only this fold; may be repeated.")
    ] = None,
    folds: Annotated[
        Path | None,
        typer.Option(help="JSON file of folds [default: draw them as the study states]."),
    ] = None,
    executor: ExecutorName = "local",
    jobs: Annotated[
        str,
        typer.Option(
            help="local: number of runs at the same time, which share the cores and the GPU; "
            "auto: as many as fit into memory."
        ),
    ] = "1",
    threads: RunThreads = None,
    address: Address = None,
    cpus: Annotated[float, typer.Option("--cpus-per-run", help="ray: CPU cores per run.")] = 1,
    gpus: Annotated[
        float,
        typer.Option("--gpus-per-run", help="ray: GPUs per run; 0.5 puts two runs on one GPU."),
    ] = 0,
    retries: Annotated[
        int, typer.Option(help="How often a run is restarted whose process or node died.")
    ] = 3,
    accelerator: Accelerator = "auto",
    ignore_disk: IgnoreDisk = False,
    as_json: AsJson = False,
) -> None:
    """Run each training of STUDY on each fold of COHORT. Run it again to continue."""
    from anascope.cohorts import Cohort
    from anascope.cohorts.folds import read_folds
    from anascope.studies import load_study, new_study, run_study
    from anascope.workers import Processes, RayCluster

    chosen = load_study(study, preset=preset, changes=key_values("--set", changes or []))
    chosen = chosen.restricted(key_values("--only", only or [], as_lists=True), fold or ())
    opened = new_study(
        out,
        chosen,
        Cohort.open(cohort),
        folds=read_folds(folds) if folds else None,
        command=["anascope", *sys.argv[1:]],
    )

    left_over = opened.left_over()
    if left_over:
        warn(
            f"{out}: {len(left_over)} runs are not in this grid; they stay and are not reported, "
            f"such as {left_over[0]}"
        )

    from anascope.cli._study_view import study_view

    with (
        executor_named(
            executor,
            local=lambda: Processes(
                _number_of_jobs(jobs, opened, accelerator), threads=threads, retries=retries
            ),
            ray=lambda: RayCluster(address=address, cpus=cpus, gpus=gpus, retries=retries),
        ) as runner,
    ):
        _plan_disk(opened, runner.slots, ignore=ignore_disk)
        with study_view() as watcher:
            ended = run_study(opened, runner, accelerator=accelerator, watcher=logged(watcher))
    if as_json:
        print_json({"study": str(out), "done": ended.done, "failed": dict(ended.failed)})
    else:
        print_line(f"{out}: {len(ended.done)} of {len(opened.runs)} runs done")
        _print_reasons(out, "failed", ended.failed)
        if ended.done:
            print_line(f"next: anascope study report {shlex.quote(str(out))}")
    if ended.failed:
        raise typer.Exit(1)


def _number_of_jobs(text: str, study: StudyFolder, accelerator: str) -> int:
    """Return how many runs at a time ``--jobs`` says.

    Raises:
        InputError: if it is neither a number nor ``auto``.
    """
    from anascope.studies import jobs_that_fit

    if text == "auto":
        return jobs_that_fit(study, accelerator)
    try:
        return int(text)
    except ValueError:
        raise InputError("jobs", f"'{text}'", "a number, or auto") from None


def _plan_disk(study: StudyFolder, slots: int, *, ignore: bool) -> None:
    """Say how much of the disk the runs that are left may take, and refuse if it is not there."""
    from anascope.studies import study_disk
    from anascope.training import free_bytes, require_disk, size_text

    disk = study_disk(study, slots)
    if not disk.runs:
        return
    if not ignore:
        require_disk(study.path, disk.needed, f"{disk.runs} runs, {slots} at a time,")
    tell(
        f"disk: {disk.runs} runs leave {size_text(disk.stays)}, and checkpoints take up to "
        f"{size_text(disk.meanwhile)} meanwhile; {size_text(free_bytes(study.path))} are free"
    )


@app.command("status")
def status(
    study: Annotated[Path, typer.Argument(help="Study folder.")], as_json: AsJson = False
) -> None:
    """Show the progress of the runs of STUDY."""
    from anascope.studies import State, open_study

    opened = open_study(study)
    driven = opened.layout.is_driven()
    rows = [_row(opened, run, driven=driven) for run in opened.runs]
    counts = {state.value: sum(r["state"] == state.value for r in rows) for state in State}
    if as_json:
        print_json({"driven": driven, "counts": counts, "runs": rows})
        return
    folds = list(dict.fromkeys(run.fold for run in opened.runs))
    states: dict[str, dict[str, str]] = {}
    for row in rows:
        states.setdefault(row["training"], {})[row["fold"]] = _in_a_word(row)
    print_table(
        f"{study}: {opened.study.description}",
        ["training", *folds],
        [[label, *(by_fold[fold] for fold in folds)] for label, by_fold in states.items()],
    )
    progress = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    print_line(f"{progress}; {'at work' if driven else 'no process works on it'}")
    for state in (State.DAMAGED, State.FAILED):
        reasons = {r["run"]: r["reason"] for r in rows if r["state"] == state.value}
        _print_reasons(study, state.value, reasons)


@app.command("calibrate")
def calibrate(
    study: Annotated[Path, typer.Argument(help="Study folder.")],
    cohort: Annotated[
        Path | None, typer.Option(help="Present folder of the cohort, if it has moved.")
    ] = None,
    accelerator: Accelerator = "auto",
    as_json: AsJson = False,
) -> None:
    """Calibrate the models of STUDY on the test patients of all folds together.

    A training is calibrated when all of its folds are done; the cards of its models record it.
    """
    from anascope.studies import calibrate_study, open_study

    judged = calibrate_study(open_study(study, cohort=cohort), accelerator=accelerator)
    if as_json:
        print_json({name: judgement.model_dump(mode="json") for name, judgement in judged.items()})
        return
    for name, judgement in judged.items():
        print_line(f"{name}: calibrated on {judgement.measured_on}")
    if not judged:
        warn(f"{study}: no training has all its folds done, with known patterns")


@app.command("report")
def report(
    study: Annotated[Path, typer.Argument(help="Study folder.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder to write [default: STUDY/report].")
    ] = None,
    cohort: Annotated[
        Path | None, typer.Option(help="Present folder of the cohort, if it has moved.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write tables, figures, report.html and report.pdf of the finished runs of STUDY."""
    from anascope.report import Finding
    from anascope.studies import open_study
    from anascope.studies.analysis import report_study

    opened = open_study(study, cohort=cohort)
    folder = out or opened.layout.report
    result = report_study(opened, folder, warn=warn)
    findings = [block for block in result.document.sections[0].blocks if isinstance(block, Finding)]
    if as_json:
        print_json(
            {
                "report": str(folder / "report.html"),
                "tables": [table.name for table in result.tables],
                "figures": [figure.name for figure in result.figures],
                "conclusions": [
                    {
                        "headline": finding.headline,
                        "detail": finding.detail,
                        "verdict": finding.verdict,
                    }
                    for finding in findings
                ],
            }
        )
        return
    for finding in findings:
        print_line(f"- {finding.headline.replace('**', '')}")
    print_line(
        f"written: {folder}/report.html, report.pdf, {len(result.tables)} tables (CSV, Markdown), "
        f"{len(result.figures)} figures (PNG, SVG)"
    )


@app.command("show")
def show(
    study: Annotated[str, typer.Argument(help="Name of a study (paper), or a YAML file.")],
    as_json: AsJson = False,
) -> None:
    """Show the trainings of STUDY."""
    from anascope.studies import factor_name, load_study

    opened = load_study(study)
    trainings = opened.trainings()
    if as_json:
        print_json(opened.model_dump(mode="json"))
        return
    keys = list(trainings[0].changes)
    print_table(
        f"{study}: {opened.description}",
        ["training", *(factor_name(key) for key in keys)],
        [[training.label, *(str(training.changes[key]) for key in keys)] for training in trainings],
    )
    folds = ", ".join(opened.folds.only) if opened.folds.only else f"all {opened.folds.count}"
    print_line(f"preset {opened.preset}; folds: {folds}")


def _print_reasons(study: Path, state: str, reasons: Mapping[str, str]) -> None:
    for name, reason in list(reasons.items())[:_SHOWN_FAILURES]:
        print_line(f"{state}: {name}: {reason}")
    if len(reasons) > _SHOWN_FAILURES:
        print_line(f"all {len(reasons)} {state} runs: anascope study status {study} --json")


def _row(study: StudyFolder, run: Any, *, driven: bool) -> dict[str, Any]:
    from anascope.folder_lock import is_held
    from anascope.studies import State

    state, reason = study.layout.looked_at(run.name, run.fold)
    row = {
        "run": run.name,
        "training": run.training.label,
        "fold": run.fold,
        "key": run.key,
        "state": state.value,
        "epochs": run.preset.training.epochs,
    }
    progress = study.layout.progress(run.name)
    if state is State.BEGUN:
        row["at_work"] = driven and is_held(study.layout.lock(run.name))
        row["epochs_done"] = round(progress.epochs_done, 2) if progress else 0
        row["losses"] = list(progress.losses) if progress else []
    if reason is not None:
        row["reason"] = reason
    return row


def _in_a_word(row: dict[str, Any]) -> str:
    if row["state"] != "begun":
        return str(row["state"])
    doing = "epoch" if row["at_work"] else "stopped at"
    return f"{doing} {int(row['epochs_done'])}/{row['epochs']}"
