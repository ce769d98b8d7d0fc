"""The task that tells single cells: its truth, worked out by hand, and what is counted of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from anascope.presets import LossPreset
from anascope.records import MaskValue
from anascope.tasks import CELLS, CellTruth
from anascope.tasks._cells import ALLOWED, FULL, INTERIOR, UNKNOWN
from anascope.words import PHASES, Vocabulary, phases_allowed

CELL, NOT_SAID = int(MaskValue.CELL), int(MaskValue.UNKNOWN)


def truth() -> CellTruth:
    """A cell in interphase, one in mitosis, a cell that nobody numbered and an unknown corner."""
    instances = np.zeros((9, 20), np.int32)
    instances[2:7, 1:6] = 1
    instances[2:7, 8:13] = 2
    mask = np.where(instances > 0, CELL, 0).astype(np.uint8)
    mask[2:7, 15:18] = CELL
    mask[8, 18:] = NOT_SAID
    phases = np.array([(False,) * 4, phases_allowed("interphase"), phases_allowed("mitosis")])
    return CellTruth(mask, instances, phases)


def test_what_is_known_of_each_pixel() -> None:
    target = CELLS.map_target(truth())
    assert target.dtype == np.uint8
    np.testing.assert_array_equal(
        target[INTERIOR, 4, 1:6], np.rint(np.array([1 / 1.2, 1, 1, 1, 1 / 1.2]) * FULL)
    )
    assert (target[INTERIOR, 2:7, 15:18] == UNKNOWN).all()
    assert (target[INTERIOR, 8, 18:] == UNKNOWN).all()
    assert not target[INTERIOR, 0].any()
    assert (target[ALLOWED, 2:7, 1:6] == 0b0001).all()
    assert (target[ALLOWED, 2:7, 8:13] == 0b1110).all()
    assert not target[ALLOWED, :, 13:].any()


def test_of_a_field_without_single_cells_nothing_is_known() -> None:
    known = truth()
    nothing = CellTruth(known.mask, None, known.phases[:1])
    target = CELLS.map_target(nothing)
    assert (target[INTERIOR] == UNKNOWN).all()
    assert not target[ALLOWED].any()
    targets = {"cells": torch.from_numpy(target)[None]}
    prediction = {"cells": torch.randn(1, 5, 9, 20, generator=torch.Generator().manual_seed(1))}
    assert CELLS.loss(LossPreset())(prediction, targets).item() == 0
    assert not CELLS.tally(prediction, targets, 0.5).any()


def said_rightly(target: np.ndarray) -> torch.Tensor:
    """Return logits that say what is true, and of phases what is possible."""
    interior = torch.from_numpy(target[INTERIOR] / FULL).clamp(1e-4, 1 - 1e-4).logit()
    bits = torch.from_numpy(target[ALLOWED])
    phases = torch.stack([20.0 * (bits >> bit & 1) for bit in range(len(PHASES))])
    return torch.cat([interior[None], phases])[None].float()


def test_right_answers_cost_nothing_and_wrong_ones_do() -> None:
    target = CELLS.map_target(truth())
    targets, loss = {"cells": torch.from_numpy(target)[None]}, CELLS.loss(LossPreset())
    right = said_rightly(target)
    assert loss({"cells": right}, targets).item() == pytest.approx(0, abs=1e-3)
    dividing = right.clone()
    dividing[:, 1:, 2:7, 1:6] = -right[:, 1:, 2:7, 1:6]
    assert loss({"cells": dividing}, targets).item() > 1


def test_pixels_are_counted_alike_in_training_and_in_tables() -> None:
    """Of 50 inner pixels of two small cells one is missed; a dividing cell is taken for none."""
    target = CELLS.map_target(truth())
    logits = said_rightly(target)
    logits[:, 1:, 2:7, 8:13] = torch.tensor([9.0, 0, 0, 0])[None, :, None, None]
    logits[0, 0, 4, 3] = -5.0
    targets = {"cells": torch.from_numpy(target)[None]}
    known = 9 * 20 - 15 - 2
    assert CELLS.tally({"cells": logits}, targets, 0.5).tolist() == [
        *(49, 0, 1, known - 50),
        *(0, 0, 25, 25),
    ]
    answers = CELLS.answers_of(
        CELLS.probabilities(logits).numpy(),
        {"cells": target[None]},
        Vocabulary.__new__(Vocabulary),
        0.5,
    )
    assert {name: values[0] for name, values in answers.items() if values[0]} == {
        "inner_tp": 49,
        "inner_fn": 1,
        "inner_tn": known - 50,
        "dividing_fn": 25,
        "dividing_tn": 25,
    }
    assert CELLS.tallied(np.array([49.0, 0, 1, 113, 0, 0, 25, 25])) == {
        "inner_dice": pytest.approx(98 / 99),
        "dividing_dice": 0,
    }
