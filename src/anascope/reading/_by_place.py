"""What is told of each place and of each cell of a field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.arrays import row_bands
from anascope.cells import CellMeasures, cell_logits
from anascope.models import ModelCard
from anascope.models.engines import FieldOutput
from anascope.reading._records import CellReading

_AT_ONCE = 2**16  # places of which logits become probabilities, for all patterns


def heat_of(output: FieldOutput, temperature: float) -> NDArray[np.float32] | None:
    """Return the probability of each pattern at each place, (classes, y, x).

    Args:
        output: What the network said of the field.
        temperature: By which its logits are divided.

    Returns:
        None if it has no map.
    """
    if output.places is None:
        return None
    heat = np.empty_like(output.places)
    for rows in row_bands(output.places[0], most=_AT_ONCE):
        heat[:, rows] = softmax(output.places[:, rows] / temperature, axis=0)
    return heat


def logits_of_cells(
    cells: CellMeasures, labels: NDArray[np.int32], output: FieldOutput
) -> NDArray[np.float64] | None:
    """Return what the network says of each cell's pattern, (cells, classes).

    Args:
        cells: Measures of the cells.
        labels: The number of the cell at each pixel, (y, x).
        output: What the network said of the field.

    Returns:
        None if it has no map.
    """
    if output.places is None:
        return None
    return cell_logits(labels, output.places, output.place_in(labels.shape))[cells.number - 1]


def cell_readings(
    measures: CellMeasures,
    logits: NDArray[np.float64] | None,
    card: ModelCard,
    size_um: float | None,
    *,
    evaluable: bool,
) -> tuple[CellReading, ...]:
    """Return what is told of each cell.

    Args:
        measures: Of the cells.
        logits: As :func:`logits_of_cells` gives them.
        card: The network's.
        size_um: The pixel size in micrometres, or None.
        evaluable: Whether the field is. If not, its cells have no pattern and no phase.
    """
    if not len(measures):
        return ()
    rule = card.mitosis if evaluable else None
    mitotic = None if rule is None else rule.probabilities(measures)
    patterns = None
    if logits is not None and evaluable and card.heads.pattern:
        patterns = softmax(logits / card.judgement.temperature, axis=1)
    classes = card.pattern_space.classes
    return tuple(
        CellReading(
            cell=int(measures.number[i]),
            y=float(measures.y[i]),
            x=float(measures.x[i]),
            min_y=int(measures.min_y[i]),
            min_x=int(measures.min_x[i]),
            max_y=int(measures.max_y[i]),
            max_x=int(measures.max_x[i]),
            area=int(measures.area[i]),
            area_um2=None if size_um is None else float(measures.area[i]) * size_um**2,
            brightness=float(measures.brightness[i]),
            mitotic=None if mitotic is None else float(mitotic[i]),
            pattern=None if patterns is None else classes[int(patterns[i].argmax())],
            pattern_probability=None if patterns is None else float(patterns[i].max()),
            at_border=bool(measures.at_border[i]),
        )
        for i in range(len(measures))
    )
