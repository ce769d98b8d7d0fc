"""How well the pixel size is estimated where nobody says it, and what that does to the reading.

    python -m benchmarks.data.nucleus_scale DATA --work WORK
    python -m benchmarks.accuracy.scale DATA --work WORK

Takes real fields of MIVIA and I3A and drawn ones of every stain, resampled by factors of 0.25 to
4, as whole fields and as crops of 300×300 pixels, and hides their sizes. Of a laboratory at most
``--fields`` are taken, evenly chosen in the order of their names. A real laboratory is
tested by a network that did not learn from it; drawn fields by the one that ships, on fields that
it did not learn from. A share of the pictures, chosen by the seed, is read with the size known and
with the estimate, one after the other, and timed. What was measured of a source with the same
network is kept in WORK. Writes results/scale.json.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.files import replacing, sha256_of, write_json
from anascope.models.engines import SmallNetwork
from anascope.reading import FieldReading, Reader
from anascope.reading.scale import LARGEST_ERROR, estimate_with
from benchmarks.accuracy._scale_summary import FEWEST_CELLS, grouped, summary
from benchmarks.arguments import benchmark_arguments
from benchmarks.data._scale_fields import ScaledField, fields_of, resampled
from benchmarks.environment import environment

FACTORS = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
SAID = {"right": 1.0, "4_times": 4.0, "a_quarter": 0.25}
"""Sizes that are said, as times the true one."""
CROP = 300  # pixels a side
TESTED_BY = {"mivia": "without-mivia", "i3a": "without-i3a", "drawn": "all"}


def variants(field: ScaledField, rng: np.random.Generator) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield what is tested of a field: at each factor, whole and a crop of it."""
    for factor in FACTORS:
        pixels = resampled(field.pixels, factor)
        named = {"field": field.name, "factor": factor, "true_um": field.pixel_size_um / factor}
        yield named | {"view": "whole"}, pixels
        top, left = (int(rng.integers(max(side - CROP, 0) + 1)) for side in pixels.shape)
        yield named | {"view": "crop"}, pixels[top : top + CROP, left : left + CROP]


def estimated(network: SmallNetwork, pixels: NDArray[np.uint8], true_um: float) -> dict[str, Any]:
    """Return what is estimated, and how long it took."""
    began = time.process_time()
    found = estimate_with(network, pixels)
    if found is None:
        return {"estimate_um": np.nan}
    return {
        "estimate_um": found.pixel_size_um,
        "said_error": found.error,
        **{f"contradicts_{name}": found.contradicts(true_um * by) for name, by in SAID.items()},
        "estimate_seconds": time.process_time() - began,
    }


def read_both(reader: Reader, pixels: NDArray[np.uint8], row: dict[str, Any]) -> dict[str, Any]:
    """Return what is named with the size known and with the estimate."""
    known, seconds = _read(reader, pixels, row["true_um"])
    if known is None or known.decision is None:  # not evaluable
        return {}
    guessed, _ = _read(reader, pixels, row["estimate_um"])
    guess = None if guessed is None else guessed.decision
    return {
        "cells": known.cell_count,
        "read_seconds": seconds,
        "same_name": guess is not None and guess.pattern == known.decision.pattern,
        "same_likeliest": guess is not None and guess.likeliest == known.decision.likeliest,
    }


def _read(
    reader: Reader, pixels: NDArray[np.uint8], size_um: float
) -> tuple[FieldReading | None, float]:
    began = time.process_time()
    try:
        reading = reader.field(pixels, pixel_size_um=size_um)[0]
    except InputError:
        return None, np.nan
    return reading, time.process_time() - began


def rows_of(
    fields: list[ScaledField], network: SmallNetwork, reader: Reader, share: float, seed: int
) -> Iterator[dict[str, Any]]:
    """Test the fields of a source."""
    for number, field in enumerate(fields):
        rng = np.random.default_rng([seed, number])
        for row, pixels in variants(field, rng):
            row |= {"number": number, **estimated(network, pixels, row["true_um"])}
            if rng.random() < share and row.get("said_error", np.inf) <= LARGEST_ERROR:
                row |= read_both(reader, pixels, row)
            yield row
        print(f"{number + 1} of {len(fields)} fields", flush=True)


def measured(source: str, reader: Reader, given: Namespace) -> pd.DataFrame:
    """Return what was measured of a source, now if WORK has it not."""
    content = (given.work / f"nucleus-{TESTED_BY[source]}.onnx").read_bytes()
    settings = f"{given.seed}-{given.drawn}-{given.fields}-{given.share}-{sha256_of(content)[:10]}"
    kept: Path = given.work / f"scale-{source}-{settings}.csv"
    if not kept.exists():
        fields = fields_of(source, given.data, given.work, (given.seed, given.drawn))
        if source != "drawn":
            fields = fields[:: -(-len(fields) // given.fields)]
        rows = rows_of(fields, SmallNetwork(content), reader, given.share, given.seed)
        table = pd.DataFrame(list(rows)).assign(source=source)
        with replacing(kept) as temporary:
            table.to_csv(temporary, index=False)
    return pd.read_csv(kept)


def main() -> None:
    """Test, print and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--fields", type=int, default=15, help="at most, of a real laboratory")
    parser.add_argument("--drawn", type=int, default=23, help="drawn fields: one of each stain")
    parser.add_argument("--share", type=float, default=0.1, help="of the pictures that are read")
    parser.add_argument("--only", choices=TESTED_BY, help="measure this source, and write nothing")
    given = parser.parse_args()
    reader = Reader(threads=1)
    sources = [given.only] if given.only else list(TESTED_BY)
    table = pd.concat([measured(source, reader, given) for source in sources], ignore_index=True)
    table["error"] = table["estimate_um"] / table["true_um"] - 1
    result = {
        **environment(seed=given.seed, drawn=given.drawn, share=given.share, fields=given.fields),
        "tested_by": TESTED_BY,
        "fewest_cells": FEWEST_CELLS,
        "all": summary(table),
        "by_source": grouped(table, "source"),
        "by_view": grouped(table, "source", "view"),
        "by_factor": grouped(table, "source", "view", "factor"),
    }
    if given.only is None:
        write_json(given.out / "scale.json", result)
    for name, each in {"all": result["all"], **result["by_view"]}.items():
        print(name, each)


if __name__ == "__main__":
    main()
