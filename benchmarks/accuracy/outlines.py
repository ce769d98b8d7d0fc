"""How much of the missing Dice is where an outline is drawn: masks grown or shrunk in hindsight.

    python -m benchmarks.accuracy.outlines DATA --work WORK

Takes the recipe's networks of the five folds, trained where they are missing, reads their test
fields, and moves every outline out or in by whole pixels. The radius is chosen *with the truth in
sight*: once for all fields, and once for each field. What the second gains over
the first is what annotators of one field agree on and of another do not, and no network can know;
what is missing after both is something else. Beside them stands the truth itself, drawn in pixels
of the network's size: what larger pixels alone cost; the Dice of other thresholds; and how far to
the side outlines lie as a whole, those read and those of a threshold on grey levels. Writes
results/outlines.json; with ``--picture`` both outlines over the fields where they differ most
(images for research use: do not publish them).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.registration import phase_cross_correlation
from skimage.transform import resize

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.images import resize_area
from anascope.recipe import MIVIA
from anascope.records import FieldRecord, MaskValue
from anascope.report.plots import DrawnField, draw_cells
from anascope.training.evaluation import field_masks, found_in
from anascope.words import nucleus_pixels
from benchmarks.accuracy._shared import interval, recipe_of
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

RADII = tuple(range(-8, 9))
"""Pixels of MIVIA by which outlines go out (or in, where negative)."""
THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
"""Probabilities from which a pixel is taken for cell."""
WORST = 6
"""Fields that are drawn."""
MEASURES = ("dice_without_border_cells", "dice_of_annotated_cells")


def moved(cells: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """Return a mask (y, x) whose outlines lie ``radius`` pixels further out."""
    if radius >= 0:
        grown: NDArray[np.bool_] = ndimage.distance_transform_edt(~cells) <= radius
        return grown
    shrunk: NDArray[np.bool_] = ndimage.distance_transform_edt(cells) > -radius
    return shrunk


def in_pixels_of(scale: float, truth: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the cells of a true mask (y, x), drawn at ``scale`` and brought back.

    At ``scale`` a pixel is cell where half of it is, as in training; back at the size of the mask
    outlines are interpolated, as in reading.
    """
    drawn = resize_area(truth == MaskValue.CELL, scale) >= 0.5
    back: NDArray[np.bool_] = resize(drawn.astype(np.float32), truth.shape, order=1) >= 0.5
    return back


def aside(cells: NDArray[np.bool_], truth: NDArray[np.uint8]) -> tuple[int, int]:
    """Return by how many pixels (y, x) cells lie beside the annotated ones: below, to the right.

    Where cross-correlation is largest; pixels that nobody knows count as background in both.
    """
    known = cells & (truth != MaskValue.UNKNOWN)
    annotated = truth == MaskValue.CELL
    (y, x), _, _ = phase_cross_correlation(
        known.astype(np.float32), annotated.astype(np.float32), normalization=None
    )
    return int(y), int(x)


def picture_of(
    dice: float, record: FieldRecord, cells: NDArray[np.bool_], cohort: Cohort
) -> DrawnField:
    """Return a field with its Dice, what was read and what was annotated."""
    title = f"{record.field}, {record.pattern}: Dice {dice:.3f}"
    return DrawnField(title, cohort.image(record), cohort.mask(record), cells)


def main() -> None:
    """Read, move, compare, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task1", continues=True)
    parser.add_argument("--picture", type=Path, help="PNG or SVG of the worst fields")
    given = parser.parse_args()

    recipe = recipe_of(given.data, given.work, "cpu", start=given.start)
    real = recipe.sets.real(MIVIA)
    rows, ceiling, drawn, cut = [], [], [], []
    beside: dict[str, dict[str, tuple[int, int]]] = {"read": {}, "of_grey_levels": {}}
    for fold in recipe.folds:
        run = recipe.network(fold)
        for record, _, _, mask in found_in(recipe.model(fold), real, recipe.tested(fold, MIVIA)):
            cells, truth = mask > run.preset.threshold, real.mask(record)
            scale = run.preset.image.scale_of(record.pixel_size_um, record.field)
            assert truth is not None  # each field of the set has one
            scores_of = partial(
                field_masks, truth=truth, cell_diameter=nucleus_pixels(record.pixel_size_um)
            )
            ceiling.append(scores_of(in_pixels_of(scale, truth)))
            drawn.append((scores_of(cells)[MEASURES[0]], record, cells))
            cut.append({t: scores_of(mask > t)["dice_without_border_cells"] for t in THRESHOLDS})
            grey = ndimage.gaussian_filter(real.image(record).astype(np.float32), 1)
            beside["read"][record.field] = aside(cells, truth)
            beside["of_grey_levels"][record.field] = aside(grey > threshold_otsu(grey), truth)
            for radius in RADII:
                scores = scores_of(moved(cells, radius))
                kept = {name: scores[name] for name in MEASURES}
                rows.append({"field": record.field, "radius": radius, **kept})
    table = pd.DataFrame(rows)
    found: dict[str, Any] = {}
    of_truth = pd.DataFrame(ceiling)
    for measure in MEASURES:
        by_radius = table.pivot(index="field", columns="radius", values=measure)
        common = RADII[int(by_radius.mean().to_numpy().argmax())]
        found[measure] = {
            "as_read": interval(by_radius[0]),
            "one_radius": {"radius": common, **interval(by_radius[common])},
            "radius_by_field": interval(by_radius.max(axis=1)),
            "radii": by_radius.idxmax(axis=1).to_dict(),
            "truth_in_pixels_of_the_network": interval(of_truth[measure]),
        }
        print(measure, found[measure], flush=True)
    if given.picture:
        worst = sorted(drawn, key=lambda each: each[0])[:WORST]
        draw_cells([picture_of(*each, real) for each in worst], given.picture)
    write_json(
        given.out / "outlines.json",
        {**environment(radii=list(RADII)), "fields": len(by_radius)}
        | found
        | {"by_threshold": {str(t): interval(each) for t, each in pd.DataFrame(cut).items()}}
        | {"pixels_beside": beside},
    )


if __name__ == "__main__":
    main()
