"""In which phase each cell is: the mean of what is said of its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anascope.cells import (
    STAINED_FROM,
    chromatin_contrast,
    chromatin_is_stained,
    measure_cells,
    phase_probabilities,
)

LABELS = np.zeros((8, 12), np.int32)
LABELS[1:5, 1:5], LABELS[2:6, 7:11] = 1, 2


def test_the_logits_of_a_cell_are_the_mean_over_its_pixels() -> None:
    """Half of the pixels say log 9 for the first phase and half nothing: odds of 3 to 1."""
    phases = np.zeros((2, 8, 12), np.float32)
    phases[0, 1:3, 1:5] = np.log(9)
    phases[1, :, 6:] = np.log(4)
    phases[0, 7] = 100.0  # background has no say
    found = phase_probabilities(LABELS, phases)
    np.testing.assert_allclose(found, [[0.75, 0.25], [0.2, 0.8]], rtol=1e-6)


def test_they_may_be_told_at_another_size() -> None:
    phases = np.zeros((3, 4, 6), np.float32)
    phases[2, :, 3:] = 2.0
    large = np.repeat(np.repeat(phases, 2, axis=1), 2, axis=2)
    np.testing.assert_allclose(
        phase_probabilities(LABELS, phases), phase_probabilities(LABELS, large)
    )


def test_a_field_without_cells_has_no_phases() -> None:
    nothing = phase_probabilities(np.zeros((8, 12), np.int32), np.zeros((4, 8, 12), np.float32))
    assert nothing.shape == (0, 4)


def test_chromatin_is_stained_where_a_small_middle_is_bright() -> None:
    """A plate of 200 in a cell of 60, over a background of 10; and one that the stain spares."""
    y, x = np.indices((60, 120))
    labels = np.where(np.hypot(y - 30, x - 30) < 20, 1, 0) + np.where(
        np.hypot(y - 30, x - 90) < 20, 2, 0
    )
    pixels = np.where(labels > 0, 60, 10)
    pixels[20:41, 23:38] = 200
    pixels[20:41, 83:98] = 20
    measures = measure_cells(labels.astype(np.int32), pixels.astype(np.uint8), 255)
    assert chromatin_is_stained(measures).tolist() == [True, False]


def test_the_contrast_is_of_light_and_area() -> None:
    """Median area 100: a cell of half of it counts twice, one of twice as much half."""
    measures = measure_cells(LABELS, np.ones(LABELS.shape, np.uint8), 255)
    cells = replace(measures, core=np.array([1.2, 1.2]), area=np.array([50, 150]))
    np.testing.assert_allclose(chromatin_contrast(cells), [2.4, 0.8])
    assert chromatin_is_stained(cells).tolist() == [True, False]
    at_limit = replace(cells, core=np.array([STAINED_FROM, 0.99 * STAINED_FROM]))
    at_limit = replace(at_limit, area=np.array([70, 70]))
    assert chromatin_is_stained(at_limit).tolist() == [True, False]
    nothing = measure_cells(np.zeros((4, 4), np.int32), np.ones((4, 4), np.uint8), 255)
    assert chromatin_is_stained(nothing).tolist() == []
