"""What is said of each cell, from what is said of places."""

from __future__ import annotations

import numpy as np

from anascope.cells import cell_logits


def test_a_cell_over_two_places_has_their_mean_by_its_share_of_each() -> None:
    labels = np.zeros((4, 8), np.int32)
    labels[0:2, 1:5] = 1  # 6 pixels over the first place, 2 over the second
    labels[2:4, 7:8] = 2
    places = np.array([[[0.0, 4.0], [9.0, 10.0]], [[1.0, 1.0], [9.0, -3.0]]], np.float32)
    np.testing.assert_allclose(cell_logits(labels, places, (2, 4)), [[1.0, 1.0], [10.0, -3.0]])


def test_places_that_reach_beyond_the_image_are_not_squeezed_into_it() -> None:
    labels = np.zeros((4, 6), np.int32)
    labels[0, 3] = 1  # the last pixel of the first place
    labels[0, 5] = 2
    places = np.array([[[1.0, 2.0, 3.0]]], np.float32)
    np.testing.assert_allclose(cell_logits(labels, places, (4, 4)), [[1.0], [2.0]])
    np.testing.assert_allclose(cell_logits(labels, places[..., :1], (4, 4)), [[1.0], [1.0]])


def test_numbers_that_no_pixel_has_are_zero() -> None:
    labels = np.zeros((4, 4), np.int32)
    labels[0, 0] = 3
    found = cell_logits(labels, np.ones((5, 2, 2), np.float32), (2, 2))
    np.testing.assert_array_equal(found, [[0] * 5, [0] * 5, [1] * 5])


def test_no_cell_no_logits() -> None:
    none = np.zeros((4, 4), np.int32)
    assert cell_logits(none, np.ones((5, 2, 2), np.float32), (2, 2)).shape == (0, 5)
