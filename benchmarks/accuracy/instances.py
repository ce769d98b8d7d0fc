"""How well are touching cells told apart: the network that ships, and Otsu with a watershed.

    python -m benchmarks.accuracy.instances DATA

Reads the fields of I3A Task 2 that have masks and the MIVIA images as they are distributed, and
compares the cells of each field with the true ones: average precision over intersections over union
of 0.5 to 0.9, and panoptic quality, of all fields together, with intervals over fields.

What must be said beside the figures: the network has learned from all of MIVIA, so that its
figures there are of images that it knows. Of I3A it knows single cells of Task 1, and these fields
may be of the same specimens. No field of I3A says whose it is, so the intervals there are over
fields, not patients. The truth about touching cells follows from the mask by a rule: from the boxes
of the table in MIVIA, where artefacts are left out as unknown; from the outline in I3A, by the same
watershed that parts Otsu's cells and the network's, which flatters both there.

``mask_known`` is what that watershed makes of the annotated mask of MIVIA: what is lost by telling
cells apart alone. Writes results/instances.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anascope.cells import cells_apart
from anascope.cohorts import Source, open_source
from anascope.errors import InputError
from anascope.files import write_json
from anascope.images import GreyImage
from anascope.metrics import (
    IOU_THRESHOLDS,
    Floats,
    Jackknife,
    Value,
    cell_ap,
    cell_ap_at,
    instance_sums,
    panoptic_quality,
    share,
    shared_outline_sums,
)
from anascope.reading import Reader
from anascope.records import MaskValue
from anascope.words import nucleus_pixels
from benchmarks.accuracy._shared import otsu
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

SETS = {"i3a-fields": "i3a-task2-fields", "mivia": "mivia-hep2"}
"""Folders of the real sets, by layout."""
OF_PAIRS: dict[str, Value] = {
    "ap": cell_ap,
    "ap_at_0.5": cell_ap_at(0.5),
    "ap_at_0.75": cell_ap_at(0.75),
    "panoptic_quality": panoptic_quality,
}
KNOWN = "mask_known"


class TrueField(NamedTuple):
    """A field with its cells.

    Attributes:
        name: Its name.
        image: The signal, axes (y, x).
        cells: Number of the true cell at each pixel, axes (y, x), 0 where none is.
        unknown: Where nobody knows what is there, and where artefacts are, axes (y, x).
        pixel_size_um: Size of a pixel, in micrometres.
    """

    name: str
    image: GreyImage
    cells: NDArray[np.int32]
    unknown: NDArray[np.bool_]
    pixel_size_um: float | None


def true_fields(source: Source, every: int = 1) -> Iterator[TrueField]:
    """Yield one of ``every`` fields, if its single cells are known; a bad one stops all."""
    for field in islice(source.fields(), 0, None, every):
        if isinstance(field, InputError):
            raise field
        if field.read_mask is None or field.read_instances is None:
            continue
        image = field.read_image()
        cells = field.read_instances().astype(np.int32)
        artefacts = [int(cell.cell) for cell in field.cells if cell.kind == "artefact"]
        unknown = (field.read_mask(image) == MaskValue.UNKNOWN) | np.isin(cells, artefacts)
        cells[unknown] = 0
        yield TrueField(field.field, image, cells, unknown, field.pixel_size_um)


def otsu_apart(field: TrueField) -> NDArray[np.int32]:
    """Return the cells of the baseline: Otsu's mask, parted by the distance to the background."""
    return cells_apart(otsu(field.image), cell_diameter=nucleus_pixels(field.pixel_size_um))


def known_apart(field: TrueField) -> NDArray[np.int32]:
    """Return the cells that the same watershed makes of the true mask."""
    return cells_apart(field.cells > 0, cell_diameter=nucleus_pixels(field.pixel_size_um))


def scores(fields: Sequence[TrueField], found: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
    """Return the measures of all fields, with intervals over fields, and the counts behind them.

    Args:
        fields: With their true cells.
        found: Number of the found cell at each pixel of each field, axes (y, x).
    """
    both = list(zip(fields, found, strict=True))
    pairs, shared = (
        np.stack([sums(cells, field.cells, unknown=field.unknown) for field, cells in both])
        for sums in (instance_sums, shared_outline_sums)
    )
    right, wrong, missed = (int(count) for count in pairs.sum(axis=0)[:3])
    return {
        **{name: _interval(pairs, measure) for name, measure in OF_PAIRS.items()},
        "share_an_outline": _interval(shared, share),
        "at_0.5": {"right": right, "wrong": wrong, "missed": missed},
    }


def _interval(sums: Floats, measure: Value) -> dict[str, float]:
    interval = Jackknife.of(sums, measure).interval()
    return {"all": interval.estimate, "low": interval.low, "high": interval.high}


def main() -> None:
    """Read, compare, write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("data", type=Path, help=f"folder that holds {' and '.join(SETS.values())}")
    parser.add_argument("--every", type=int, default=1, help="read one of so many fields")
    given = parser.parse_args()

    reader = Reader()

    def network(field: TrueField) -> NDArray[np.int32]:
        _, arrays = reader.field(field.image, pixel_size_um=field.pixel_size_um)
        return arrays.labels

    ways: dict[str, Callable[[TrueField], NDArray[np.int32]]] = {
        "network": network,
        "otsu_and_watershed": otsu_apart,
        KNOWN: known_apart,
    }
    results: dict[str, Any] = {}
    for layout, folder in SETS.items():
        fields = list(true_fields(open_source(given.data / folder, layout), given.every))
        results[layout] = {
            "fields": len(fields),
            **{
                name: scores(fields, list(map(way, fields)))
                for name, way in ways.items()
                if name != KNOWN or layout == "mivia"
            },
        }
        print(layout, results[layout], flush=True)
    write_json(
        given.out / "instances.json",
        {
            **environment(thresholds=list(IOU_THRESHOLDS), every=given.every, model=reader.model),
            "said_of_it": {
                "i3a-fields": "intervals over fields, not patients; touching cells of the truth "
                "told apart by a rule",
                "mivia": "the network has learned from all of these images",
            },
        }
        | results,
    )


if __name__ == "__main__":
    main()
