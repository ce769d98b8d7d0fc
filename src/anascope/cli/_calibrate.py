"""``anascope calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._options import Accelerator
from anascope.cli._output import AsJson, print_json, print_line


def calibrate(
    model: Annotated[
        str,
        typer.Argument(help="Folder of a model (of a run: RUN/model), or the bundled model: s."),
    ],
    cohort: Annotated[
        Path,
        typer.Argument(help="Prepared cohort of patients that the model has not learned from."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the calibrated model.")],
    mitosis: Annotated[
        bool,
        typer.Option("--mitosis", help="Also fit the rule that recognises mitotic cells."),
    ] = False,
    accelerator: Accelerator = "auto",
    as_json: AsJson = False,
) -> None:
    """Calibrate MODEL on COHORT, and write the calibrated model to --out."""
    from anascope.cohorts import Cohort
    from anascope.training.calibration import calibrate_model

    card = calibrate_model(
        model, Cohort.open(cohort), out, mitosis=mitosis, accelerator=accelerator
    )
    judgement = card.judgement
    if as_json:
        print_json(judgement.model_dump(mode="json"))
        return
    print_line(f"{out}: calibrated on {judgement.measured_on}")
    print_line(
        f"temperature {judgement.temperature:.2f} of the pattern, "
        f"{judgement.intensity_temperature:.2f} of the intensity (over 1: the model was "
        "overconfident)"
    )
    if judgement.intensity_border is not None:
        print_line(
            f"border between intensities: moved to a logit of {judgement.intensity_border:+.2f}, "
            "where the cohort's readers set it"
        )
    if mitosis and card.mitosis is not None:
        print_line(f"mitotic cells: {card.mitosis.measured_on}")
