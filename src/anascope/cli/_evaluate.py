"""``anascope evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._options import Accelerator
from anascope.cli._output import AsJson, print_json, print_line, print_table, progress, warn
from anascope.records import SPLITS


def evaluate(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    split: Annotated[str, typer.Option(help=f"{', '.join(SPLITS[:-1])} or {SPLITS[-1]}.")] = "test",
    cohort: Annotated[
        Path | None, typer.Option(help="Where the run's cohort is now, if it has moved.")
    ] = None,
    accelerator: Accelerator = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure the network of RUN on its test patients, and write the results."""
    from anascope.cohorts.folds import UntrainedClass, untrained_line
    from anascope.environment import torch_device
    from anascope.models import read_card
    from anascope.tasks import tasks_named
    from anascope.training import evaluate_run, open_run

    opened = open_run(run, cohort=cohort)
    with progress("evaluating", None) as bar:
        result = evaluate_run(
            opened,
            split=split,
            device=torch_device(accelerator),
            on_field=lambda: bar.advance(bar.task_ids[0]),
        )
    untrained = [UntrainedClass(**each) for each in result.metrics["untrained"]]
    if untrained:
        warn(untrained_line(untrained, split))
    if as_json:
        print_json(result.metrics)
        return
    levels = ("patch", "field", "specimen")
    vocabulary = read_card(opened.model).vocabulary
    rows = [
        [
            f"{task.name}: {measure.label}",
            *(result.metrics[level][task.name][measure.name] for level in levels),
        ]
        for task in tasks_named(opened.preset.tasks)
        for measure in task.measures(vocabulary)
    ]
    title = f"{run}: fold {opened.fold.name}, {split} patients"
    print_table(title, ["", *(f"by {level}" for level in levels)], rows)
    variants = result.metrics["field"]["mask_variants"]
    print_line(
        f"mean Dice of a field: {variants['dice']:.3f} with unknown pixels left out, "
        f"{variants['dice_as_mask_stands']:.3f} as the mask stands, "
        f"{variants['dice_without_border_cells']:.3f} without cells at the border"
    )
    written = (opened.metrics, opened.predictions, opened.fields, opened.cells)
    print_line(f"written: {', '.join(str(opened.of_split(file, split)) for file in written)}")
