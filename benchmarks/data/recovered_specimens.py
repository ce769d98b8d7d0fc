"""How well are the specimens of I3A Task 1 recovered? Draws the series with its cuts, too.

    python -m benchmarks.data.recovered_specimens DATA --work WORK

DATA holds ``i3a-task1`` and ``i3a-task2-fields`` as they are distributed; WORK keeps what was
measured of the cells. Nobody published the borders, so they are judged in three ways:

1. Where cut-outs show the same pixels, cells are of one field. Borders are found without this
   knowledge, and those that part such cells are counted. Then it is given to the rule.
2. Fields of Task 2 whose nuclei are a run of consecutive cells, mask for mask: none may be cut.
3. Drawn specimens of the I3A microscope, four fields each, cut out and put in order as the set has
   them (left to right within a field): their borders are known.

Writes results/recovered-specimens.json and docs/images/recovered-specimens.svg.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.metrics import adjusted_rand_score

from anascope.cohorts import (
    GAP,
    MEASURES,
    CellTraits,
    I3aTask1Source,
    SourceField,
    open_source,
    recover_specimens,
    shared_pixels,
    traits_of,
)
from anascope.files import replacing, sha256_of, write_json
from anascope.records import MaskValue
from anascope.synthetic import I3A, draw_field, draw_specimen
from benchmarks.arguments import benchmark_arguments
from benchmarks.data._pairs import CUT_OUT_MARGIN, I3A_INTENSITIES
from benchmarks.data._recovered_figure import draw_series
from benchmarks.environment import environment

FIGURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "recovered-specimens.svg"
PATTERNS = ("homogeneous", "speckled", "centromere")
SPECIMENS, FIELDS, CELLS = 4, 4, 41
"""Drawn specimens of each pattern, fields of each, and cells taken of each field at most."""
SEED = 22
_FEWEST = 20  # cells that a run of one field has at least

Classes = dict[str, list[CellTraits]]
Places = dict[str, list[tuple[str, int]]]
"""Class and place of the cells of an outline."""


def published_cells(data: Path, work: Path) -> tuple[Classes, Places]:
    """Return the traits of the cells by class, and where each outline stands."""
    kept = work / "i3a-task1-traits.npz"
    if not kept.exists():
        work.mkdir(parents=True, exist_ok=True)
        _keep_cells(data, kept)
    known = dict(np.load(kept))
    rims = np.split(known["rims"], np.cumsum(known["sizes"])[:-1])
    classes: Classes = defaultdict(list)
    places: Places = defaultdict(list)
    rows = zip(known["classes"].tolist(), known["outlines"].tolist(), strict=True)
    for place, (name, outline) in enumerate(rows):
        places[outline].append((name, len(classes[name])))
        classes[name].append(CellTraits(known["measures"][place], rims[place]))
    return dict(classes), dict(places)


def _keep_cells(data: Path, path: Path) -> None:
    """Read all cells and write what is measured of them."""
    traits, outlines, names = [], [], []
    for entry in I3aTask1Source(data / "i3a-task1", recover=False).fields():
        if isinstance(entry, SourceField) and entry.read_mask is not None:
            image = entry.read_image()
            cell = entry.read_mask(image) == MaskValue.CELL
            traits.append(traits_of(image, cell))
            outlines.append(_outline(cell))
            names.append(str(entry.pattern).lower())
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            classes=names,
            outlines=outlines,
            measures=np.stack([cell.measures for cell in traits]),
            rims=np.concatenate([cell.rim for cell in traits]),
            sizes=[len(cell.rim) for cell in traits],
        )


def runs_of_fields(data: Path, masks: Places) -> dict[str, tuple[str, int, int]]:
    """Return the fields of Task 2 that are runs of cells: class, first and last place."""
    runs = {}
    for entry in open_source(data / "i3a-task2-fields", "i3a-fields").fields():
        if not isinstance(entry, SourceField) or entry.read_mask is None:
            continue
        cells = entry.read_mask(entry.read_image()) == MaskValue.CELL
        labels, _ = ndimage.label(cells, np.ones((3, 3)))
        found = defaultdict(list)
        for number, box in enumerate(ndimage.find_objects(labels), start=1):
            places = masks.get(_outline(labels[box] == number), [])
            if len(places) == 1:
                found[places[0][0]].append(places[0][1])
        for name, places_of in found.items():
            if len(places_of) >= _FEWEST:
                runs[entry.field] = (name, min(places_of), max(places_of))
    return runs


def drawn_cells() -> tuple[Classes, dict[str, NDArray[np.int64]]]:
    """Return the traits of drawn cells in the order of the set, and their true specimens."""
    classes: Classes = defaultdict(list)
    specimens: dict[str, list[int]] = defaultdict(list)
    for place, pattern in enumerate(PATTERNS):
        for number in range(SPECIMENS):
            rng = np.random.default_rng((SEED, place, number))
            intensity = I3A_INTENSITIES[number % len(I3A_INTENSITIES)]
            specimen = draw_specimen(rng, pattern, intensity, I3A)
            for _ in range(FIELDS):
                for image, cell in _cut_outs(draw_field(rng, specimen)):
                    classes[pattern].append(traits_of(image, cell))
                    specimens[pattern].append(number)
    return dict(classes), {name: np.array(numbers) for name, numbers in specimens.items()}


def compared(found: dict[str, NDArray[Any]], true: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Return how well borders and specimens were recovered; borders may lie up to the gap off."""
    off: list[int] = []
    right = marked = known = 0
    for name, numbers in true.items():
        borders, ours = _borders(numbers), _borders(found[name])
        away = np.abs(borders[:, np.newaxis] - ours)
        marked, known = marked + len(ours), known + len(borders)
        right += int((away.min(axis=0, initial=GAP + 1) <= GAP).sum())
        off += [int(each) for each in away.min(axis=1, initial=10**6) if each <= GAP]
    together = [
        np.concatenate([numbers + 1000 * place for place, numbers in enumerate(each.values())])
        for each in (true, {name: found[name] for name in true})
    ]
    return {
        "specimens": sum(int(numbers.max()) + 1 for numbers in true.values()),
        "recovered": sum(int(found[name].max()) + 1 for name in true),
        "borders": {"true": known, "found": marked, "right": right, "recalled": len(off)},
        "precision": right / max(marked, 1),
        "recall": len(off) / max(known, 1),
        "cells_off": {"median": float(np.median(off)), "most": max(off)} if off else {},
        "adjusted_rand_index": float(adjusted_rand_score(*together)),
    }


def main() -> None:
    """Measure, write, draw."""
    parser = benchmark_arguments(__doc__, data="i3a-task1 and i3a-task2-fields")
    given = parser.parse_args()
    classes, masks = published_cells(given.data, given.work)
    joined = {name: shared_pixels(cells) for name, cells in classes.items()}
    bare = {
        name: [replace(cell, rim=cell.rim[:0]) for cell in cells] for name, cells in classes.items()
    }
    by_looks, found = recover_specimens(bare), recover_specimens(classes)
    runs = runs_of_fields(given.data, masks)
    drawn, true = drawn_cells()
    specimens = sum(map(len, {name: np.unique(numbers) for name, numbers in true.items()}.values()))
    write_json(
        given.out / "recovered-specimens.json",
        {
            **environment(seed=SEED),
            "gap": GAP,
            "cells": sum(map(len, classes.values())),
            "specimens": {name: int(numbers.max()) + 1 for name, numbers in found.items()},
            "sizes": {name: np.bincount(numbers).tolist() for name, numbers in found.items()},
            "neighbours": sum(map(len, joined.values())),
            "neighbours_that_pixels_join": int(sum(each.sum() for each in joined.values())),
            "borders_by_looks_alone": sum(len(_borders(each)) for each in by_looks.values()),
            "of_these_between_joined_cells": _crossed(by_looks, joined),
            "borders_between_joined_cells": _crossed(found, joined),
            "runs": {
                field: {
                    "cells": last - first + 1,
                    "cut": bool(found[name][first] != found[name][last]),
                    "cut_by_looks_alone": bool(by_looks[name][first] != by_looks[name][last]),
                }
                for field, (name, first, last) in runs.items()
            },
            "drawn": compared(recover_specimens(drawn, specimens), true),
        },
    )
    draw_series(classes, found, MEASURES, FIGURE)


def _cut_outs(field: Any) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.bool_]]]:
    """Yield cells as the set has them: interphase, whole, from left to right."""
    height, width = field.instances.shape
    taken = 0
    for cell in sorted(field.cells, key=lambda cell: cell.min_x):
        top, left = cell.min_y - CUT_OUT_MARGIN, cell.min_x - CUT_OUT_MARGIN
        bottom, right = cell.max_y + CUT_OUT_MARGIN + 1, cell.max_x + CUT_OUT_MARGIN + 1
        inside = min(top, left) >= 0 and bottom <= height and right <= width
        if taken < CELLS and inside and cell.phase == "interphase":
            taken += 1
            box = np.s_[top:bottom, left:right]
            yield field.image[box].astype(np.uint8), field.instances[box] == cell.number


def _outline(cell: NDArray[np.bool_]) -> str:
    """Return what equal cells have in common, wherever they lie: shape and pixels of their box."""
    box = cell[ndimage.find_objects(cell.astype(np.uint8))[0]]
    return f"{box.shape} {sha256_of(np.packbits(box).tobytes())}"


def _borders(numbers: NDArray[Any]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(numbers)).astype(np.int64)


def _crossed(found: dict[str, NDArray[Any]], joined: dict[str, NDArray[np.bool_]]) -> int:
    return int(sum(joined[name][_borders(numbers)].sum() for name, numbers in found.items()))


if __name__ == "__main__":
    main()
