"""What was read of a field as layers: cells, dividing cells, and the decision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.reading import FieldReading
from anascope.reading.results import colour_of, said_of, shown_pattern, why_not_of
from anascope.words import RESEARCH_USE

LayerData = tuple[Any, dict[str, Any], str]
"""A layer as napari takes it from plugins: data, what :class:`napari.layers.Layer` is given, and
its type."""


def decision_in_words(field: FieldReading) -> str:
    """Return the decision on a field, or why there is none, and that it is for research."""
    why_not = why_not_of(field.evaluability)
    words = said_of(field.decision) + (f": {why_not}" if why_not else "")
    flags = "; ".join(flag.flag.value for flag in field.quality)
    lines = [f"{field.field}: {words}", f"flags: {flags}" if flags else "", RESEARCH_USE]
    return "\n".join(filter(None, lines))


def layers_of(field: FieldReading, labels: NDArray[Any], **placed: Any) -> list[LayerData]:
    """Return a labels layer with the cells, and a points layer with those that divide.

    Cells have the colour of their pattern, and the table of features says what is known of each.
    Both layers keep the decision in their metadata, under ``anascope``.

    Args:
        field: What was read.
        labels: The number of the cell at each pixel, axes (y, x).
        placed: Where the layers lie, as napari's ``scale`` and ``translate``.
    """
    metadata = {
        "decision": decision_in_words(field),
        "pattern": None if field.decision is None else field.decision.pattern,
        "codes": [] if field.decision is None else list(field.decision.codes),
        "intensity": None if field.decision is None else field.decision.intensity,
        "evaluable": field.evaluability.evaluable,
    }
    cells = {
        "name": f"{field.field} cells",
        "features": _features(field),
        "colormap": _colours(field),
        "opacity": 0.4,
        "metadata": {"anascope": metadata},
        **placed,
    }
    dividing = [cell for cell in field.cells if cell.mitotic is not None and cell.mitotic >= 0.5]
    points = {
        "name": f"{field.field} dividing cells",
        "features": pd.DataFrame(
            {
                "cell": [cell.cell for cell in dividing],
                "phase": [cell.phase or "" for cell in dividing],
                "probability": [cell.mitotic for cell in dividing],
            }
        ),
        "size": _size(field),
        "symbol": "ring",
        "face_color": "white",
        "metadata": {"anascope": metadata},
        **placed,
    }
    centres = np.array([(cell.y, cell.x) for cell in dividing], np.float64).reshape(-1, 2)
    return [(labels, cells, "labels"), (centres, points, "points")]


def _features(field: FieldReading) -> pd.DataFrame:
    """Return a row for each label: napari takes the first for the background."""
    rows: dict[int, dict[str, Any]] = {0: {}}
    for cell in field.cells:
        rows[cell.cell] = {
            "pattern": cell.pattern or "",
            "probability": cell.pattern_probability,
            "phase": cell.phase or "",
            "area": cell.area,
            "brightness": cell.brightness,
        }
    columns = ["pattern", "probability", "phase", "area", "brightness"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.insert(0, "index", table.index)  # the column by which napari finds the row of a label
    return table.reset_index(drop=True)


def _colours(field: FieldReading) -> dict[int | None, NDArray[np.float64]]:
    """Return the colour of each label; of the others, and of the background, none."""
    colours: dict[int | None, NDArray[np.float64]] = {None: np.zeros(4), 0: np.zeros(4)}
    for cell in field.cells:
        colours[cell.cell] = np.array([*colour_of(shown_pattern(field, cell)), 255]) / 255
    return colours


def _size(field: FieldReading) -> float:
    """Return the diameter of a point: that of the median cell."""
    areas = [cell.area for cell in field.cells]
    return float(2 * np.sqrt(np.median(areas) / np.pi)) if areas else 20.0
