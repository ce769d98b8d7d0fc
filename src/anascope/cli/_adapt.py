"""``anascope adapt``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli._options import Accelerator
from anascope.cli._output import AsJson, print_json, print_line, print_table, tell, warn

if TYPE_CHECKING:
    from anascope.adaptation import Figures
    from anascope.metrics import Interval

_SHOWN = {
    "before": "before",
    "calibrated": "new calibration",
    "fine_tuned": "fine-tuned",
}


def adapt(
    model: Annotated[
        str,
        typer.Argument(help="Folder of a model (of a run: RUN/model), or the bundled model: s."),
    ],
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort of your own specimens.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the adapted model.")],
    calibrate_only: Annotated[
        bool, typer.Option("--calibrate-only", help="Calibrate only; do not train the network.")
    ] = False,
    accelerator: Accelerator = "auto",
    as_json: AsJson = False,
) -> None:
    """Adapt MODEL to your specimens in COHORT, where cross-validation shows that this helps.

    With 10 labelled patients or more it is calibrated, and its field head is fine-tuned; a network
    without a field head is fine-tuned with 30 or more. Run the same command again to continue an
    adaptation that was stopped.
    """
    from anascope.adaptation import adapt_model
    from anascope.cohorts import Cohort

    adapted = adapt_model(
        model,
        Cohort.open(cohort),
        out,
        calibrate_only=calibrate_only,
        accelerator=accelerator,
        command=["anascope", *sys.argv[1:]],
        tell=tell,
    )
    if as_json:
        print_json({"model": str(out), **adapted.as_plain()})
        return
    columns = {_SHOWN[name]: _column(figures) for name, figures in adapted.figures.items()}
    measures = next(iter(columns.values()))
    rows = [[key, *(column[key] for column in columns.values())] for key in measures]
    print_table("on patients that neither network nor calibration has seen", ["", *columns], rows)
    print_line(adapted.sentence)
    for note in adapted.notes:
        warn(note)
    print_line(f"next: anascope read SLIDES --out READINGS --model {shlex.quote(str(out))}")


def _column(figures: Figures) -> dict[str, str]:
    """Return the measures of a model in words, each with its 95% interval."""
    right, graded = figures.right, figures.intensities_right
    return {
        "pattern right": f"{right} of {figures.specimens}{_ends(figures.pattern_right)}",
        "loss of the pattern": _with_ends(figures.loss),
        "sets at 0.8 that contain it": _with_ends(figures.coverage),
        "patterns in a set": _with_ends(figures.set_size),
        "intensity right": f"{graded} of {figures.graded}{_ends(figures.intensity_right)}",
    }


def _with_ends(value: Interval) -> str:
    return f"{value.estimate:.2f}{_ends(value)}" if value.defined else "–"


def _ends(value: Interval) -> str:
    return f" [{value.low:.2f}, {value.high:.2f}]" if value.defined else ""
