"""How many cells touch another: in real fields, in drawn ones, and in mosaics of single cells.

    python -m benchmarks.data.touching DATA

DATA holds the sets as they are distributed. A cell touches another where one of its pixels lies
beside or at a corner of one of the other's. In fields of I3A Task 2 and MIVIA touching cells are
told apart by a rule, and which touch follows from that. Also measured is how much less area cells
show that touch another, beside those that lie alone: of two of which one is in front, one is hidden
by about twice as much. Cells at the border and at unknown pixels are left out there.

The quantiles are over fields, weighted alike. Writes results/touching.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts import Cohort, MosaicSource, Source, open_source
from anascope.errors import InputError
from anascope.files import write_json
from anascope.records import MaskValue
from anascope.synthetic import Drawing, Population, laboratory_named
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.sets import sets_of

REAL = {"i3a-fields": "i3a-task2-fields", "mivia": "mivia-hep2"}
"""Folders of the real sets, by layout."""
OVERLAPPING = (0.12, 0.5, 1.0)
"""Shares of drawn cells that may lie over another."""
PATIENTS = 8
SEED = 3
QUANTILES = (0.1, 0.5, 0.9)

Field = tuple[NDArray[Any], NDArray[np.bool_]]
"""Number of the cell at each pixel, 0 where none is, and where nobody knows; axes (y, x)."""


def touching_cells(instances: NDArray[Any]) -> set[int]:
    """Return the numbers of cells that have a pixel of another beside or at a corner of theirs."""
    touching = set()
    padded = np.pad(instances.astype(np.int64), 1)
    for number, box in enumerate(ndimage.find_objects(padded), start=1):
        if not box:
            continue
        around = padded[tuple(slice(side.start - 1, side.stop + 1) for side in box)]
        grown = ndimage.binary_dilation(around == number, np.ones((3, 3), np.bool_))
        if np.setdiff1d(around[grown], [0, number]).size:
            touching.add(number)
    return touching


def measured(fields: Iterable[Field]) -> dict[str, Any]:
    """Return how many cells of these fields touch another, and how their area compares."""
    counts, areas = [], []
    for instances, unknown in fields:
        numbers, pixels = np.unique(instances[instances > 0], return_counts=True)
        touching = touching_cells(instances)
        counts.append((len(touching), len(numbers)))
        left_out = _cut_off(instances, unknown)
        whole = {n: a for n, a in zip(numbers.tolist(), pixels, strict=True) if n not in left_out}
        near = [area for number, area in whole.items() if number in touching]
        alone = [area for number, area in whole.items() if number not in touching]
        if near and alone:
            areas.append(np.mean(near) / np.mean(alone))
    table = np.array(counts, np.float64)
    return {
        "fields": len(table),
        "cells": int(table[:, 1].sum()),
        "touching": float(table[:, 0].sum() / table[:, 1].sum()),
        "quantiles_over_fields": dict(
            zip(map(str, QUANTILES), np.quantile(table[:, 0] / table[:, 1], QUANTILES), strict=True)
        ),
        "area_over_that_of_cells_alone": float(np.mean(areas)),
    }


def _cut_off(instances: NDArray[Any], unknown: NDArray[np.bool_]) -> set[int]:
    sides = (instances[0], instances[-1], instances[:, 0], instances[:, -1])
    beside = instances[ndimage.binary_dilation(unknown, np.ones((3, 3), np.bool_))]
    return set(np.unique(np.concatenate([*sides, beside])).tolist())


def fields_of(source: Source, every: int = 1) -> Iterator[Field]:
    """Yield one of ``every`` fields of a source whose cells are told apart; a bad one stops all."""
    for field in islice(source.fields(), 0, None, every):
        if isinstance(field, InputError):
            raise field
        if field.read_mask is not None and field.read_instances is not None:
            mask = field.read_mask(field.read_image())
            yield field.read_instances(), mask == MaskValue.UNKNOWN


def drawn(laboratory: str, overlapping: float) -> Iterator[Field]:
    """Yield drawn fields of as many patients, one each."""
    microscope = replace(laboratory_named(laboratory).microscope, overlapping=overlapping)
    population = Population.like(laboratory, patients=PATIENTS, fields=1)
    for _, field in Drawing(population, microscope, seed=SEED).fields():
        yield field.instances, np.zeros(field.instances.shape, np.bool_)


def main() -> None:
    """Measure, write."""
    parser = benchmark_arguments(__doc__, data=f"i3a-task1, {', '.join(REAL.values())}")
    parser.add_argument("--every", type=int, default=1, help="take one of so many real fields")
    given = parser.parse_args()

    data: Path = given.data
    single: Cohort = sets_of(data, given.work).cells()
    ways = {
        name: partial(fields_of, open_source(data / folder, name), given.every)
        for name, folder in REAL.items()
    } | {
        f"drawn like {name}, {share:g} overlapping": partial(drawn, name, share)
        for name in ("i3a", "mivia")
        for share in OVERLAPPING
    }
    ways["mosaics"] = partial(fields_of, MosaicSource(single, seed=SEED), given.every)
    results: dict[str, Any] = {}
    for name, fields in ways.items():
        results[name] = measured(fields())
        print(f"{name}: {results[name]['touching']:.3f} of {results[name]['cells']} cells touch")
    content = {**environment(every=given.every), "sets": results}
    write_json(given.out / "touching.json", content)


if __name__ == "__main__":
    main()
