"""``anascope cohort gallery``: what the patterns of a cohort look like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._output import print_line


def gallery(
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    out: Annotated[Path, typer.Argument(help="Picture to write: PNG, SVG or PDF.")],
    beside: Annotated[
        Path | None, typer.Option(help="Second cohort, drawn beside the first by the same rule.")
    ] = None,
    per_cell: Annotated[int, typer.Option(help="Crops per pattern and intensity.")] = 2,
    side: Annotated[int, typer.Option(help="Height and width of a crop, in pixels.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the choice of crops.")] = 0,
) -> None:
    """Draw a contact sheet of COHORT: one row per pattern, one column per intensity.

    Crops are shown at full resolution, with the contrast stretched to the range of their field.
    """
    from anascope.cohorts import Cohort, choose_crops
    from anascope.report.plots import draw_gallery

    paths = [cohort] if beside is None else [cohort, beside]
    opened = [Cohort.open(path) for path in paths]
    names = [member.info.name for member in opened]
    if len(set(names)) < len(names):
        names = [f"{member.info.name} ({member.path})" for member in opened]
    crops = [choose_crops(member, per_cell=per_cell, side=side, seed=seed) for member in opened]
    draw_gallery(list(zip(names, crops, strict=True)), out)
    print_line(f"{out}: {' beside '.join(names)}")
