"""How well the pixel size is estimated where nobody says it, and what that does to the reading.

    python -m benchmarks.data.nucleus_scale DATA --work WORK
    python -m benchmarks.accuracy.scale DATA --work WORK

Takes real fields of MIVIA and I3A and drawn ones of every stain, resampled by factors of 0.25 to
4, as whole fields and as crops of 300×300 pixels, and hides their sizes. A real laboratory is
tested by networks that were fitted without it; drawn fields by those that ship, on fields that
are not those of the fit. A share of the fields, chosen by the seed, is read with the size known and
with the estimate. Writes results/scale.json.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.files import write_json
from anascope.reading import FieldReading, Flag, Reader
from anascope.reading.scale import (
    LARGEST_ERROR,
    NucleusNetworks,
    PixelSizeEstimate,
    estimate_with,
)
from benchmarks.accuracy._shared import interval
from benchmarks.arguments import benchmark_arguments
from benchmarks.data.scale_fields import (
    ScaledField,
    drawn_fields,
    i3a_fields,
    mivia_fields,
    resampled,
)
from benchmarks.environment import environment

FACTORS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
CROP = 300  # pixels a side
FEWEST_CELLS = 5  # found with the size known; with fewer a field is flagged, and not counted
TESTED_BY = {"mivia": "without-mivia", "i3a": "without-i3a", "drawn": "all"}
_NEAR = 0.3


def variants(field: ScaledField, rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield what is tested of a field: at each factor, whole and a crop of it."""
    for factor in FACTORS:
        pixels = resampled(field.pixels, factor)
        size = field.pixel_size_um / factor
        named = {"field": field.name, "factor": factor, "true_um": size}
        yield named | {"view": "whole"}, pixels
        top, left = (int(rng.integers(max(side - CROP, 0) + 1)) for side in pixels.shape)
        yield named | {"view": "crop"}, pixels[top : top + CROP, left : left + CROP]


def estimated(networks: NucleusNetworks, pixels: NDArray[np.uint8]) -> PixelSizeEstimate | None:
    """Return the estimate, or None where reading would have none."""
    try:
        found = estimate_with(networks, pixels)
    except InputError:
        return None
    return found if found.error <= LARGEST_ERROR else None


def read_both(reader: Reader, pixels: NDArray[np.uint8], true: float, um: float) -> dict[str, Any]:
    """Return what is named with the size known and with the estimate."""
    known = _read(reader, pixels, true)
    if known is None:
        return {}
    guessed = _read(reader, pixels, um)
    return {
        "cells": known.cell_count,
        "named": known.decision.pattern,
        "flagged_wrong": any(flag.flag is Flag.WRONG_PIXEL_SIZE for flag in known.quality),
        "same_name": guessed is not None and guessed.decision.pattern == known.decision.pattern,
        "same_likeliest": guessed is not None
        and guessed.decision.likeliest == known.decision.likeliest,
    }


def _read(reader: Reader, pixels: NDArray[np.uint8], um: float) -> FieldReading | None:
    try:
        return reader.field(pixels, pixel_size_um=um)[0]
    except InputError:
        return None


def rows_of(
    source: str,
    fields: Iterator[ScaledField],
    networks: NucleusNetworks,
    reader: Reader,
    share: float,
    seed: int,
) -> list[dict[str, Any]]:
    """Test the fields of a source."""
    rows = []
    for number, field in enumerate(fields):
        rng = np.random.default_rng([seed, number])
        for row, pixels in variants(field, rng):
            found = estimated(networks, pixels)
            row |= {"source": source, "number": number, "estimated": found is not None}
            if found is not None:
                error = found.pixel_size_um / row["true_um"] - 1
                row |= {"error": error, "said_error": found.error}
                if rng.random() < share:
                    row |= read_both(reader, pixels, row["true_um"], found.pixel_size_um)
            rows.append(row)
        print(f"{source}: {number + 1} fields", flush=True)
    return rows


def summary(rows: pd.DataFrame) -> dict[str, Any]:
    """Return what the rows say: means over fields with intervals."""
    off = rows["error"].abs()
    near = (off <= _NEAR).astype(float)  # where there is no estimate it is not near
    said: dict[str, Any] = {
        "pictures": len(rows),
        "without_an_estimate": float((~rows["estimated"]).mean()),
        "median_error": float(off.median()),
        "bias": float(rows["error"].median()),
        "within_30_percent": _by_field(rows, near),
    }
    read = rows[rows["cells"].notna() & (rows["cells"] >= FEWEST_CELLS)]
    if len(read):
        said |= {"read": len(read)}
        for name in ("same_name", "same_likeliest", "flagged_wrong"):
            said[name] = _by_field(read, read[name].astype(float))
        said["read_median_error"] = float(read["error"].abs().median())
        said["read_within_30_percent"] = _by_field(read, (read["error"].abs() <= _NEAR) * 1.0)
    return said


def _by_field(rows: pd.DataFrame, values: pd.Series[float]) -> dict[str, float]:
    return interval(values.groupby([rows["source"], rows["number"]]).mean())


def grouped(rows: pd.DataFrame, *names: str) -> dict[str, Any]:
    """Return a summary of each group."""
    return {
        ", ".join(str(value) for value in key): summary(group)
        for key, group in rows.groupby(list(names))
    }


def cost(reader: Reader, fields: list[ScaledField]) -> dict[str, float]:
    """Return seconds of reading with the size known and without, and their ratio."""
    seconds: dict[str, list[float]] = {"known": [], "estimated": []}
    for field in fields:
        for name, size in (("known", field.pixel_size_um), ("estimated", None)):
            began = time.process_time()
            reader.field(field.pixels, pixel_size_um=size)
            seconds[name].append(time.process_time() - began)
    medians = {f"{name}_seconds": float(np.median(each)) for name, each in seconds.items()}
    ratios = np.divide(seconds["estimated"], seconds["known"])
    return medians | {
        "median_ratio": float(np.median(ratios)),
        "largest_ratio": float(ratios.max()),
    }


def main() -> None:
    """Test, print and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--fields", type=int, help="of each source, evenly chosen; all if left out")
    parser.add_argument("--drawn", type=int, default=46, help="drawn fields: two of each stain")
    parser.add_argument("--share", type=float, default=0.15, help="of the pictures that are read")
    given = parser.parse_args()
    work: Path = given.work
    reader = Reader(threads=1)
    sources: dict[str, Callable[[], Iterator[ScaledField]]] = {
        "mivia": lambda: mivia_fields(given.data, work),
        "i3a": lambda: i3a_fields(given.data),
        "drawn": lambda: drawn_fields(given.seed, given.drawn),
    }
    rows: list[dict[str, Any]] = []
    timed: list[ScaledField] = []
    for source, fields in sources.items():
        networks = NucleusNetworks.load(work / f"{TESTED_BY[source]}.npz")
        chosen = list(fields())
        if given.fields is not None:
            chosen = chosen[:: -(-len(chosen) // given.fields)]
        timed += chosen[:2]
        rows += rows_of(source, iter(chosen), networks, reader, given.share, given.seed)
    table = pd.DataFrame(rows)
    result = {
        **environment(seed=given.seed, drawn=given.drawn, share=given.share, fields=given.fields),
        "tested_by": TESTED_BY,
        "cost": cost(reader, timed),
        "all": summary(table),
        "by_view": grouped(table, "view"),
        "by_source": grouped(table, "source", "view"),
        "by_factor": grouped(table, "source", "view", "factor"),
    }
    write_json(given.out / "scale.json", result)
    for name in ("all", "by_view", "by_source"):
        print(name, result[name])
    print("cost", result["cost"])


if __name__ == "__main__":
    main()
