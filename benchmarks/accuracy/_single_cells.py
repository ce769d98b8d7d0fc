"""Single cells that a network finds, field by field, beside the true ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.cells import (
    cell_logits,
    cells_apart,
    label_cells,
)
from anascope.cohorts import Cohort, single_cells
from anascope.metrics import (
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
from anascope.models import read_card
from anascope.models.engines import FieldOutput
from anascope.records import FieldRecord, MaskValue
from anascope.training.evaluation import field_masks, read_whole_fields
from anascope.words import PatternSpace, nucleus_pixels
from benchmarks.accuracy._shared import otsu

Ints = NDArray[np.int32]

OF_PAIRS: dict[str, Value] = {
    "ap": cell_ap,
    "ap_at_0.5": cell_ap_at(0.5),
    "ap_at_0.75": cell_ap_at(0.75),
    "panoptic_quality": panoptic_quality,
}


class TrueField(NamedTuple):
    """A field with its cells.

    Attributes:
        record: The field.
        cells: Number of the true cell at each pixel, axes (y, x), 0 where none is.
        unknown: Where nobody knows what is there, and where artefacts are, axes (y, x).
    """

    record: FieldRecord
    cells: Ints
    unknown: NDArray[np.bool_]


def true_field(cohort: Cohort, record: FieldRecord) -> TrueField:
    """Return the truth of a field whose single cells are known."""
    truth, mask = single_cells(cohort, record), cohort.mask(record)
    assert truth is not None
    assert mask is not None
    cells = truth.instances.copy()
    unknown = (mask == MaskValue.UNKNOWN) | truth.artefacts[cells]
    cells[unknown] = 0
    return TrueField(record, cells, unknown)


class Tally:
    """What fields add to the measures of one way to find their cells."""

    def __init__(self) -> None:
        self._pairs: list[Floats] = []
        self._shared: list[Floats] = []
        self._dice: list[dict[str, float]] = []

    def add(self, field: TrueField, found: Ints, mask: NDArray[np.uint8] | None) -> None:
        """Compare the cells that were found in a field with the true ones."""
        self._pairs.append(instance_sums(found, field.cells, unknown=field.unknown))
        self._shared.append(shared_outline_sums(found, field.cells, unknown=field.unknown))
        diameter = nucleus_pixels(field.record.pixel_size_um)
        self._dice.append(field_masks(found > 0, mask, cell_diameter=diameter))

    def results(self) -> dict[str, Any]:
        """Return the measures of all fields, with intervals over fields."""
        pairs, shared = np.stack(self._pairs), np.stack(self._shared)
        right, wrong, missed = (int(count) for count in pairs.sum(axis=0)[:3])
        dice = {
            name: np.array([each[name] for each in self._dice])
            for name in ("dice", "dice_without_border_cells")
        }
        return {
            "fields": len(pairs),
            **{name: _interval(pairs, measure) for name, measure in OF_PAIRS.items()},
            "share_an_outline": _interval(shared, share),
            "at_0.5": {"right": right, "wrong": wrong, "missed": missed},
            **{name: _mean(values[np.isfinite(values)]) for name, values in dice.items()},
        }


class FoundField(NamedTuple):
    """A field as a network reads it.

    Attributes:
        record: The field.
        output: What the network says of it.
        space: The patterns that it tells apart.
        cells: Returns the number of the found cell at each pixel, axes (y, x): told apart by the
            interior, or, given False, by their outline.
        dividing: Probability that each cell, told apart by the interior, divides.
    """

    record: FieldRecord
    output: FieldOutput
    space: PatternSpace
    cells: Callable[[bool], Ints]
    dividing: NDArray[np.float64]


def found_fields(
    model: Path, cohort: Cohort, records: Sequence[FieldRecord]
) -> Iterator[FoundField]:
    """Yield fields as a model reads them."""
    card = read_card(model)
    for record, output, scale in read_whole_fields(model, cohort, records):
        cells = cache(partial(_labels, record, output, scale, card.preset.threshold))
        dividing = dividing_of(cells(True), output)
        yield FoundField(record, output, card.pattern_space, cells, dividing)


def dividing_of(labels: Ints, output: FieldOutput) -> NDArray[np.float64]:
    """Return the probability that each cell divides, from what a network says of its pixels."""
    assert output.phases is not None
    sides = zip(labels.shape, output.phases.shape[1:], strict=True)
    height, width = (side / small for side, small in sides)
    logits = cell_logits(labels, output.phases, (height, width))
    return np.asarray(1 - softmax(logits, axis=1)[:, 0], np.float64)


def otsu_apart(cohort: Cohort, record: FieldRecord) -> Ints:
    """Return the cells of the baseline: Otsu's mask, parted by the distance to the background."""
    diameter = nucleus_pixels(record.pixel_size_um)
    return cells_apart(otsu(cohort.image(record)), cell_diameter=diameter)


def _labels(
    record: FieldRecord, output: FieldOutput, scale: float, threshold: float, by_interior: bool
) -> Ints:
    labels, _ = label_cells(
        output.mask,
        (record.window.height, record.window.width),
        cell_diameter=nucleus_pixels(record.pixel_size_um) * scale,
        threshold=threshold,
        interior=output.interior if by_interior else None,
    )
    return labels


def _interval(sums: Floats, measure: Value) -> dict[str, float]:
    interval = Jackknife.of(sums, measure).interval()
    return {"all": interval.estimate, "low": interval.low, "high": interval.high}


def _mean(values: Floats) -> dict[str, float]:
    interval = Jackknife.of_values(values).interval()
    return {"mean": interval.estimate, "low": interval.low, "high": interval.high}
