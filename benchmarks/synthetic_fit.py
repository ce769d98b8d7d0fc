"""How near drawn specimens come to real ones, measure by measure.

    python -m benchmarks.synthetic_fit DATA --work WORK

DATA holds ``mivia-hep2`` and ``i3a-task1`` as they are distributed; WORK keeps the prepared
cohort. Real fields and drawn ones of the same labels go through the same functions. Prints a
table of "quantity, real, drawn, ratio" (drawn over real), and what the real images ask of each
parameter of a microscope beside what its preset has. Writes results/synthetic-fit.json and
figures into results/synthetic-fit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import wasserstein_distance

from anascope.files import write_json
from anascope.synthetic import I3A, MIVIA, Microscope
from benchmarks._appearance import Shown
from benchmarks._fit_figure import draw_fit
from benchmarks._measured import Measured, measure, quantities
from benchmarks._mivia import mivia_cohort
from benchmarks._real_and_drawn import drawn_cells, drawn_fields, real_cells, real_fields
from benchmarks.environment import RESULTS, environment

SEED = 12357
FIELD_SQUARE = 16
"""Side of the squares in which the noise of fields is measured, in pixels."""
CUT_OUT_SQUARE = 8
"""The same for cut-outs of cells, which have little background."""


def border(fields: pd.DataFrame) -> float:
    """Return the fluorescence that best tells intermediate from positive fields.

    The middle, on a logarithmic scale, of the limits with the fewest fields on the wrong side.
    """
    bright = np.log(fields["inside_90"].to_numpy(float))
    positive = (fields["intensity"] == "positive").to_numpy()
    order = np.sort(bright)
    limits = (order[1:] + order[:-1]) / 2
    wrong = np.array([int(((bright > limit) != positive).sum()) for limit in limits])
    best = np.flatnonzero(wrong == wrong.min())
    return float(np.exp(limits[best].mean()))


def distances(real: Measured, drawn: Measured) -> dict[str, float]:
    """Return by pattern how far the levels of cells over the background are apart, in levels.

    The first Wasserstein distance of the histograms, each field or cell weighing the same.
    """
    found = {}
    for pattern in sorted(set(real.grey) & set(drawn.grey)):
        ours, theirs = real.grey[pattern], drawn.grey[pattern]
        at = np.arange(len(ours))
        found[pattern] = float(wasserstein_distance(at, at, ours, theirs))
    return found


def asked(
    real: Measured, drawn: Measured, microscope: Microscope, table: pd.DataFrame
) -> pd.DataFrame:
    """Return what the real images ask of each parameter, and what the preset has.

    ``direct`` is read off the real images. ``by_ratio`` is the preset's value times what the
    same measure says of real images over what it says of drawn ones, which takes out what the
    measure itself gets wrong; it means nothing where the preset has 0.
    """
    said = table.set_index("quantity")
    wanted: list[tuple[str, float, str]] = [
        ("electrons_per_level", microscope.electrons_per_level, "noise: electrons_per_level"),
        ("read_noise", microscope.read_noise, "noise: read_noise"),
        ("noise_grain, down", microscope.noise_grain[0], "noise: grain_down"),
        ("noise_grain, across", microscope.noise_grain[1], "noise: grain_across"),
        ("nucleus_um", microscope.nucleus_um, "nucleus diameter µm [50%]"),
    ]
    ends = {"background": microscope.background}
    if real.whole_fields:
        ends["whole cells per mm²"] = microscope.nuclei_per_mm2
    names = {"background": "background, darkest tenth"}
    for name, limits in ends.items():
        for value, share in zip(limits, ("10%", "90%"), strict=True):
            wanted.append((f"{name}, {share}", value, f"{names.get(name, name)} [{share}]"))
    rows = []
    if real.whole_fields:
        pair = [border(found.fields) for found in (real, drawn)]
    else:  # nobody says which cells are positive: the middle of all
        pair = [
            float(said[which]["cells, 90% of pixels, all [50%]"]) for which in ("real", "drawn")
        ]
    rows.append(_asked("border_level", microscope.border_level, *pair))
    for name, has, key in wanted:
        rows.append(_asked(name, has, float(said["real"][key]), float(said["drawn"][key])))
    return pd.DataFrame(rows)


def _asked(name: str, has: float, real: float, drawn: float) -> dict[str, Any]:
    by_ratio = has * real / drawn if drawn > 0 else float("nan")
    return {"parameter": name, "preset": has, "direct": real, "by_ratio": by_ratio}


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
    fit = asked(ours, theirs, microscope, table)
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with mivia-hep2 and i3a-task1")
    parser.add_argument("--work", type=Path, default=Path("work"), help="prepared cohort")
    parser.add_argument("--seeds", type=int, default=3, help="drawn fields for each real one")
    parser.add_argument("--cells", type=int, default=2000, help="of I3A Task 1")
    parser.add_argument("--only", choices=["mivia", "i3a"], help="one of the sets")
    parser.add_argument("--to", type=Path, default=RESULTS)
    given = parser.parse_args()

    figures = given.to / "synthetic-fit"
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
    write_json(given.to / "synthetic-fit.json", {**environment(**settings), **found})


if __name__ == "__main__":
    main()
