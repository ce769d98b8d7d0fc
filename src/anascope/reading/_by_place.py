"""What is told of each place and of each cell of a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.arrays import row_bands
from anascope.cells import (
    MITOTIC_FROM,
    CellMeasures,
    cell_logits,
    chromatin_is_stained,
    count_chromatin,
    phase_probabilities,
)
from anascope.models import ModelCard
from anascope.models.engines import FieldOutput
from anascope.reading._records import CellReading, DividingCell
from anascope.words import CHROMATIN, PHASES

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


class CellPhases(NamedTuple):
    """What is told of the division of each cell, one entry a cell.

    Attributes:
        mitotic: Probability of being in mitosis.
        phase: The likeliest phase in mitosis (:data:`anascope.words.PHASES`), or None if that is
            not told.
        chromatin: Of how many cells in mitosis the chromatin is stained, and of how many not; None
            where phases are not told, for its limit was set on cells of networks that tell them.
    """

    mitotic: NDArray[np.float64]
    phase: Sequence[str | None]
    chromatin: tuple[int, int] | None = None


def phases_of_cells(
    cells: CellMeasures, labels: NDArray[np.int32], output: FieldOutput, card: ModelCard
) -> CellPhases | None:
    """Return what is told of the division of each cell: by the network, else by the card's rule.

    Args:
        cells: Measures of the cells.
        labels: The number of the cell at each pixel, (y, x).
        output: What the network said of the field.
        card: The network's.

    Returns:
        None if neither tells it.
    """
    if output.phases is not None and card.heads.cells:
        probabilities = phase_probabilities(labels, output.phases)[cells.number - 1]
        likeliest = 1 + probabilities[:, 1:].argmax(axis=1)
        mitotic = 1 - probabilities[:, 0]
        phase = [PHASES[index] for index in likeliest]
        return CellPhases(mitotic, phase, count_chromatin(cells, mitotic))
    if card.mitosis is not None:
        return CellPhases(card.mitosis.probabilities(cells), [None] * len(cells))
    return None


def cell_readings(
    measures: CellMeasures,
    logits: NDArray[np.float64] | None,
    phases: CellPhases | None,
    card: ModelCard,
    size_um: float | None,
    *,
    evaluable: bool,
) -> tuple[CellReading, ...]:
    """Return what is told of each cell.

    Args:
        measures: Of the cells.
        logits: As :func:`logits_of_cells` gives them.
        phases: As :func:`phases_of_cells` gives them.
        card: The network's.
        size_um: The pixel size in micrometres, or None.
        evaluable: Whether the field is. If not, its cells have no pattern and no phase.
    """
    if not len(measures):
        return ()
    if not evaluable:
        phases = None
    stained = chromatin_is_stained(measures)
    patterns = None
    if logits is not None and evaluable and card.heads.pattern:
        patterns = softmax(logits / card.judgement.temperature, axis=1)
    classes = card.pattern_space.classes

    def division(i: int) -> tuple[float | None, str | None, str | None]:
        """Return probability of mitosis, phase and chromatin of a cell."""
        if phases is None:
            return None, None, None
        mitotic = float(phases.mitotic[i])
        if mitotic < MITOTIC_FROM:
            return mitotic, PHASES[0] if phases.phase[i] else None, None
        phase = phases.phase[i]
        # The limit was set on cells of networks that tell phases, and holds for their outlines.
        return mitotic, phase, None if phase is None else CHROMATIN[int(stained[i])]

    divisions = [division(i) for i in range(len(measures))]
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
            mitotic=divisions[i][0],
            phase=divisions[i][1],
            chromatin=divisions[i][2],
            pattern=None if patterns is None else classes[int(patterns[i].argmax())],
            pattern_probability=None if patterns is None else float(patterns[i].max()),
            at_border=bool(measures.at_border[i]),
        )
        for i in range(len(measures))
    )


def in_mitosis(cells: Sequence[CellReading]) -> tuple[DividingCell, ...]:
    """Return the cells that are in mitosis, the likeliest first."""
    found = [
        DividingCell(cell.cell, cell.mitotic, cell.phase, cell.chromatin)
        for cell in cells
        if cell.mitotic is not None and cell.mitotic >= MITOTIC_FROM
    ]
    return tuple(sorted(found, key=lambda cell: -cell.mitotic))
