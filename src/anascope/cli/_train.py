"""``anascope train``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli._log import logged
from anascope.cli._options import Accelerator, IgnoreDisk, key_values
from anascope.cli._output import AsJson, print_json, print_line, print_table, warn
from anascope.defaults import SEED

if TYPE_CHECKING:
    from anascope.workers import Event, Watcher


def train(
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    preset: Annotated[str, typer.Option(help="Name of a preset, or a YAML file.")] = "small",
    fold: Annotated[str, typer.Option(help="Name of the fold.")] = "A",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Run folder [default: runs/PRESET-FOLD].")
    ] = None,
    folds: Annotated[
        Path | None, typer.Option(help=f"JSON file of folds [default: draw them with seed {SEED}].")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change a key of the preset; may be repeated."
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Short form of --set training.epochs=.")
    ] = None,
    balancer: Annotated[
        str | None, typer.Option(help="Short form of --set balancing.balancer=.")
    ] = None,
    alpha: Annotated[
        float | None, typer.Option(help="Short form of --set balancing.alpha=.")
    ] = None,
    mask_loss: Annotated[str | None, typer.Option(help="Short form of --set loss.mask=.")] = None,
    seed: Annotated[int | None, typer.Option(help="Short form of --set training.seed=.")] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Continue the run in --out, if there is one, also with more epochs."
        ),
    ] = False,
    accelerator: Accelerator = "auto",
    devices: Annotated[
        int, typer.Option(help="Number of GPUs (on the CPU: processes) that share each batch.")
    ] = 1,
    ignore_disk: IgnoreDisk = False,
    as_json: AsJson = False,
) -> None:
    """Train the joint network on one fold of COHORT, in a run folder of its own."""
    from dataclasses import asdict

    from anascope.cohorts import Cohort
    from anascope.cohorts.folds import draw_folds, read_folds, untrained_classes, untrained_line
    from anascope.environment import torch_device
    from anascope.presets import load_preset

    short = {
        "training.epochs": epochs,
        "balancing.balancer": balancer,
        "balancing.alpha": alpha,
        "loss.mask": mask_loss,
        "training.seed": seed,
    }
    wanted = key_values("--set", changes or []) | {k: v for k, v in short.items() if v is not None}
    loaded = load_preset(preset, wanted)
    path = out or Path("runs") / f"{Path(preset).stem}-{fold}"
    torch_device(accelerator)  # says that it cannot be used before a run folder is made
    opened = Cohort.open(cohort)
    plan = read_folds(folds) if folds else draw_folds(opened)

    from anascope.training import (
        bytes_in,
        new_run,
        read_history,
        require_disk,
        run_disk,
        train_or_resume,
    )

    if not ignore_disk:
        require_disk(path, run_disk(loaded, opened).most - bytes_in(path), "this run")
    if not resume:
        new_run(path, preset=loaded, cohort=opened, plan=plan, fold=fold, command=sys.argv)
    untrained = untrained_classes(plan.fold(fold), opened.fields)
    if untrained:
        warn(untrained_line(untrained))
    with _progress(loaded.tasks) as watcher:
        run = train_or_resume(
            path,
            preset=loaded,
            cohort=opened,
            plan=plan,
            fold=fold,
            accelerator=accelerator,
            devices=devices,
            command=sys.argv,
            extend=resume,
            watcher=watcher,
        )
    history = read_history(run.history)
    last = history.iloc[-1].to_dict()
    if as_json:
        print_json(
            {
                "run": str(path),
                "epochs": len(history),
                "last_epoch": last,
                "untrained": [asdict(each) for each in untrained],
            }
        )
        return
    rows = [
        [label, *(last.get(f"{key}_{task}") for task in run.preset.tasks)]
        for label, key in (
            ("training loss", "train_loss"),
            ("validation loss", "validation_loss"),
            ("validation accuracy", "validation_accuracy"),
            ("balance weight", "weight"),
        )
    ]
    print_table(f"{path}, after {len(history)} epochs", ["", *run.preset.tasks], rows)
    print_line(f"next: anascope evaluate {path}")


@contextmanager
def _progress(tasks: Sequence[str]) -> Iterator[Watcher]:
    """Show a bar of steps, which epoch they are of, and in a line below losses and weights.

    Args:
        tasks: Names of the tasks whose losses are told.
    """
    from anascope.cli._output import progress
    from anascope.training import StepDone, TrainingBegan, WeightLost

    with progress("training", None, unit="steps", stays=True) as bar:
        task = bar.task_ids[0]
        epochs = steps = 0

        def watch(event: Event) -> None:
            nonlocal epochs, steps
            if isinstance(event, TrainingBegan):
                epochs, steps = event.epochs, event.steps
                done = (event.first_epoch - 1) * steps
                bar.update(task, total=epochs * steps, completed=done)
            elif isinstance(event, StepDone):
                by_task = zip(tasks, event.losses, strict=True)
                losses = ", ".join(f"{name} {loss:z.3f}" for name, loss in by_task)
                weights = " ".join(f"{weight:z.2f}" for weight in event.weights)
                bar.update(
                    task,
                    description=f"epoch {event.epoch} of {epochs}",
                    completed=(event.epoch - 1) * steps + event.step,
                    note=f"losses: {losses}; weights {weights}",
                )
            elif isinstance(event, WeightLost):
                warn(
                    f"epoch {event.epoch}: the balance weight of {' and '.join(event.tasks)} fell "
                    "to zero or below: the task is left out, or trained backwards (balancer "
                    "gradnorm-stable "
                    "keeps weights over zero)"
                )

        yield logged(watch)
