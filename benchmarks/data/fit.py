"""How near drawn specimens come to real ones, measure by measure.

    python -m benchmarks.data.fit DATA --work WORK

DATA holds ``mivia-hep2`` and ``i3a-task1`` as they are distributed; WORK keeps the prepared
cohort. Real fields and drawn ones of the same labels go through the same functions. Prints a
table of "quantity, real, drawn, ratio" (drawn over real), and what the real images ask of each
parameter of a microscope beside what its preset has. Writes results/synthetic-fit.json, and
figures into the work folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anascope.files import write_json
from anascope.synthetic import I3A, MIVIA, Microscope
from anascope.synthetic.fit import Shown, distances, measure, parameters_of, quantities
from benchmarks.arguments import benchmark_arguments
from benchmarks.data._fit_figure import draw_fit
from benchmarks.data._pairs import drawn_cells, drawn_fields, real_cells, real_fields
from benchmarks.environment import environment
from benchmarks.sets import mivia_cohort

SEED = 12357
FIELD_SQUARE = 16
"""Side of the squares in which the noise of fields is measured, in pixels."""
CUT_OUT_SQUARE = 8
"""The same for cut-outs of cells, which have little background."""


def compare(
    name: str,
    real: Iterable[Shown],
    drawn: Iterable[Shown],
    microscope: Microscope,
    side: int,
    figures: Path,
) -> dict[str, Any]:
    """Measure a real set and a drawn one; print the tables, draw them and return them.

    Args:
        name: Of the set.
        real: Its images.
        drawn: Drawn ones of the same labels.
        microscope: What they were drawn for.
        side: Of the squares in which noise is measured.
        figures: Folder for the figure, which is called after the microscope.
    """
    ours, theirs = measure(real, side), measure(drawn, side)
    pair = {"real": quantities(ours), "drawn": quantities(theirs)}
    table = pd.DataFrame(pair).loc[list(pair["real"])].rename_axis("quantity").reset_index()
    table["ratio"] = table["drawn"] / table["real"]
    fit = parameters_of(ours, theirs, microscope, table)
    apart = distances(ours, theirs)
    print(f"\n{name}: {len(ours.fields)} real, {len(theirs.fields)} drawn")
    print(fit.to_string(index=False, float_format="{:.4g}".format))
    print(table.to_string(index=False, float_format="{:.4g}".format))
    for pattern, distance in apart.items():
        print(f"levels of cells over background, Wasserstein distance, {pattern}: {distance:.1f}")
    draw_fit(name, ours, theirs, figures / microscope.name)
    return {
        "real": len(ours.fields),
        "drawn": len(theirs.fields),
        "fit": _rows(fit),
        "wasserstein_levels": apart,
        "table": _rows(table),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows, ready for JSON: what is not a finite number is None."""
    finite = table.replace([np.inf, -np.inf], np.nan).astype(object)
    return [
        {str(key): value for key, value in row.items()}
        for row in finite.where(finite.notna(), None).to_dict("records")
    ]


def main() -> None:
    """Compare and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task1")
    parser.add_argument("--seeds", type=int, default=3, help="drawn fields for each real one")
    parser.add_argument("--cells", type=int, default=2000, help="of I3A Task 1")
    parser.add_argument("--only", choices=["mivia", "i3a"], help="one of the sets")
    given = parser.parse_args()

    figures = given.work / "synthetic-fit"
    found = {}
    if given.only != "i3a":
        cohort = mivia_cohort(given.data, given.work)
        labels = [(r.field, str(r.pattern), str(r.intensity)) for r in cohort.fields]
        found["mivia"] = compare(
            "MIVIA",
            real_fields(cohort),
            (shown for seed in range(given.seeds) for shown in drawn_fields(labels, seed)),
            MIVIA,
            FIELD_SQUARE,
            figures,
        )
    if given.only != "mivia":
        cells = list(real_cells(given.data, given.cells, SEED))
        patterns = sorted({shown.pattern for shown in cells})
        found["i3a"] = compare(
            "I3A Task 1",
            cells,
            drawn_cells(patterns, given.seeds, SEED),
            I3A,
            CUT_OUT_SQUARE,
            figures,
        )
    settings = {"seeds": given.seeds, "cells": given.cells, "seed": SEED}
    write_json(given.out / "synthetic-fit.json", {**environment(**settings), **found})


if __name__ == "__main__":
    main()
