"""What is measured of a field to tell whether it shows HEp-2 cells at all."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from anascope.arrays import row_bands
from anascope.cells import CellMeasures
from anascope.models.engines import FieldOutput
from anascope.reading._quality import FieldMeasures
from anascope.words import NUCLEUS_UM

_CELL, _MAYBE, _SURE = 0.5, 0.1, 0.9  # probabilities of the mask
_MOST_SHARE = 5.0
_NO_EDGE_UM = 3.0  # stands for a blur that is too strong to be told


class Seen(NamedTuple):
    """What is seen of a field before anything is told of it.

    Attributes:
        output: What the network says of the field.
        logits: What it says of each cell's pattern, (cells, classes), or None if it cannot.
        cells: Measures of the cells.
        field: Measures of the field.
        pixel_size_um: Micrometres, or None if it is not known.
    """

    output: FieldOutput
    logits: NDArray[Any] | None
    cells: CellMeasures
    field: FieldMeasures
    pixel_size_um: float | None


def likeness_measures(seen: Seen) -> dict[str, float]:
    """Return :data:`anascope.decisions.LIKENESS_MEASURES` of a field, by name.

    Args:
        seen: What is seen of it, with at least one cell.
    """
    output, logits, cells, field, pixel_size_um = seen
    cell, maybe, unsure = _mask_shares(output.mask)
    said = np.asarray(output.pattern[np.newaxis] if logits is None else logits, np.float64)
    favourites = np.bincount(said.argmax(axis=1))
    area = np.log(cells.area)
    spread = max(field.background_spread, 0.5)
    stands_out = max(float(np.median(cells.brightness)), 0.0) / spread
    diameter_um = field.diameter * (pixel_size_um or field.pixel_um)
    return {
        "cell share": cell,
        "unsure share": unsure / maybe if maybe else 1.0,
        "log cells": math.log1p(len(cells)),
        "whole cells": float((~cells.at_border).mean()),
        "log diameter": math.log(diameter_um / NUCLEUS_UM),
        "spread of sizes": float(np.subtract(*np.quantile(area, (0.75, 0.25)))),
        "roundness": float(np.median(cells.roundness)),
        "elongation": float(np.median(cells.elongation)),
        "contrast": _bounded(cells.contrast),
        "peak": _bounded(cells.peak),
        "log stands out": math.log1p(stands_out),
        "log brightness": math.log1p(max(field.brightness, 0.0)),
        "log background": math.log1p(field.background_spread),
        "root clipped": math.sqrt(field.clipped),
        "energy": float(logsumexp(said, axis=1).mean()),
        "energy of the field": float(logsumexp(np.asarray(output.pattern, np.float64))),
        "sureness": float(softmax(said, axis=1).max(axis=1).mean()),
        "agreement": float(favourites.max() / len(said)),
        "spread of logits": float(said.std(axis=0).mean()),
        "blur": _NO_EDGE_UM if field.blur_um is None else field.blur_um,
    }


def _bounded(values: NDArray[np.float64]) -> float:
    """Return the median of shares of the cells' mean light, which may be nothing or less."""
    return float(np.median(values).clip(-_MOST_SHARE, _MOST_SHARE))


def _mask_shares(mask: NDArray[np.float32]) -> tuple[float, float, float]:
    """Return the shares of pixels that are cell, that may be, and of which that is not sure."""
    cell = maybe = unsure = 0
    for rows in row_bands(mask):
        part = mask[rows]
        cell += int((part >= _CELL).sum())
        maybe += int((part >= _MAYBE).sum())
        unsure += int(((part >= _MAYBE) & (part <= _SURE)).sum())
    return cell / mask.size, maybe / mask.size, unsure / mask.size
