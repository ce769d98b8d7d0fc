"""The recipe of the shipped weights: who learns, who is tested, what is told of it."""

from __future__ import annotations

import numpy as np
import torch

from anascope.records import MaskValue
from benchmarks.accuracy._orientations import turned_eightfold
from benchmarks.accuracy.outlines import aside, in_pixels_of, moved


def test_an_outline_moves_by_whole_pixels_and_not_at_all_by_none() -> None:
    cells = np.zeros((9, 9), bool)
    cells[3:6, 3:6] = True
    assert (moved(cells, 0) == cells).all()
    assert moved(cells, 1).sum() == 9 + 4 * 3  # corners are further away than one pixel
    assert np.argwhere(moved(cells, -1)).tolist() == [[4, 4]]


def test_cells_lie_beside_the_annotated_ones_by_as_much_as_they_were_moved() -> None:
    truth = np.zeros((40, 48), np.uint8)
    truth[10:20, 12:30] = MaskValue.CELL
    truth[30:, :5] = MaskValue.UNKNOWN
    cells = np.zeros(truth.shape, bool)
    cells[8:18, 15:33] = True
    cells[30:, :5] = True
    assert aside(cells, truth) == (-2, 3)


def test_a_truth_in_larger_pixels_keeps_what_they_can_show_and_loses_what_they_cannot() -> None:
    truth = np.zeros((24, 24), np.uint8)
    truth[6:18, 6:18] = MaskValue.CELL
    truth[1, 1] = MaskValue.CELL  # a quarter of a pixel of twice the size
    # At a corner of the square, between the centres of large pixels, is 0.75 * 0.75 of cell.
    assert np.argwhere(in_pixels_of(0.5, truth) != (truth == MaskValue.CELL)).tolist() == [[1, 1]]
    assert (in_pixels_of(1.0, truth) == (truth == MaskValue.CELL)).all()


def test_eight_orientations_are_all_there_and_all_different() -> None:
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    turned = turned_eightfold(image)
    assert len({tuple(each.flatten().tolist()) for each in turned}) == len(turned) == 8
    assert (turned[0] == image).all()
    assert all(each.sum() == image.sum() for each in turned)
