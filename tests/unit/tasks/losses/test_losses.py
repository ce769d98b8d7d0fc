"""Losses worked out by hand, and what unknown truth does to them."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import cross_entropy

from anascope.presets import LossPreset
from anascope.records import MaskValue
from anascope.tasks import PATTERN, MultiTaskLoss
from anascope.tasks.losses import (
    bce_mask_loss,
    dice_mask_loss,
    intensity_loss,
    interior_loss,
    pattern_loss,
    phase_loss,
    place_loss,
)

CELL, UNKNOWN = int(MaskValue.CELL), int(MaskValue.UNKNOWN)
SURE = 50.0  # a logit whose probability is 1 to machine precision


def logits(values: list[list[float]]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[None, None]


def mask(values: list[list[int]]) -> Tensor:
    return torch.tensor(values, dtype=torch.uint8)[None]


class TestDice:
    def test_by_hand(self) -> None:
        """p = (1, 1, 0, 0), t = (1, 0, 1, 0): 1 - (2 * 1 + 1) / (2 + 2 + 1) = 0.4."""
        loss = dice_mask_loss(logits([[SURE, SURE, -SURE, -SURE]]), mask([[1, 0, 1, 0]]))
        assert loss.item() == pytest.approx(0.4)

    def test_half_sure(self) -> None:
        """p = 1/2 everywhere, t = (1, 0): 1 - (2 * 0.5 + 1) / (1 + 1 + 1) = 1/3."""
        assert dice_mask_loss(logits([[0.0, 0.0]]), mask([[1, 0]])).item() == pytest.approx(1 / 3)

    def test_right_is_zero_and_wrong_is_near_one(self) -> None:
        truth = mask([[1] * 50 + [0] * 50])
        right = torch.where(truth[:, None] == 1, SURE, -SURE)
        assert dice_mask_loss(right, truth).item() == pytest.approx(0)
        assert dice_mask_loss(-right, truth).item() == pytest.approx(1 - 1 / 101)

    def test_empty_and_said_empty_is_zero(self) -> None:
        assert dice_mask_loss(logits([[-SURE]]), mask([[0]])).item() == pytest.approx(0)


class TestMaskBce:
    def test_by_hand(self) -> None:
        """-log(1/2) for each known pixel."""
        loss = bce_mask_loss(logits([[0.0, 0.0, 9.0]]), mask([[1, 0, UNKNOWN]]))
        assert loss.item() == pytest.approx(math.log(2))

    def test_nothing_known_is_zero(self) -> None:
        assert bce_mask_loss(logits([[3.0]]), mask([[UNKNOWN]])).item() == 0


@pytest.mark.parametrize("loss", [dice_mask_loss, bce_mask_loss])
@given(seed=st.integers(0, 2**16))
def test_unknown_pixels_do_not_matter(loss: object, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    outputs = torch.randn(2, 1, 5, 5, generator=generator, dtype=torch.float64)
    truth = torch.randint(0, 3, (2, 5, 5), generator=generator).to(torch.uint8)
    other = torch.where(truth[:, None] == UNKNOWN, torch.full_like(outputs, 7.0), outputs)
    assert callable(loss)
    assert loss(outputs, truth).item() == pytest.approx(loss(other, truth).item())


class TestPattern:
    def test_single_labels_are_plain_cross_entropy(self) -> None:
        outputs = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
        truth = torch.tensor([0, 1, 2, 3, 1, 0])
        allowed = torch.nn.functional.one_hot(truth, 4).bool()
        assert pattern_loss(outputs, allowed).item() == pytest.approx(
            cross_entropy(outputs, truth).item()
        )

    def test_a_set_sums_its_probabilities(self) -> None:
        """Three classes of equal probability, two allowed: -log(2/3)."""
        loss = pattern_loss(torch.zeros(1, 3), torch.tensor([[True, True, False]]))
        assert loss.item() == pytest.approx(-math.log(2 / 3))

    def test_rows_that_say_nothing_are_left_out(self) -> None:
        outputs = torch.tensor([[2.0, 0.0], [5.0, -5.0], [1.0, 1.0]], requires_grad=True)
        allowed = torch.tensor([[True, False], [False, False], [True, True]])
        loss = pattern_loss(outputs, allowed)
        assert loss.item() == pytest.approx(cross_entropy(outputs[:1], torch.tensor([0])).item())
        loss.backward()
        assert outputs.grad is not None
        assert not outputs.grad[1:].any()

    def test_nothing_said_is_zero_with_zero_gradient(self) -> None:
        outputs = torch.randn(2, 3, requires_grad=True)
        loss = pattern_loss(outputs, torch.zeros(2, 3, dtype=torch.bool))
        loss.backward()
        assert loss.item() == 0
        assert outputs.grad is not None
        assert not outputs.grad.any()

    @given(seed=st.integers(0, 2**16))
    def test_a_wider_label_never_costs_more(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        outputs = torch.randn(1, 5, generator=generator)
        narrow = torch.tensor([[False, True, False, False, False]])
        wide = narrow | torch.tensor([[False, False, True, False, False]])
        assert pattern_loss(outputs, wide) <= pattern_loss(outputs, narrow)


def places_of(*rows: list[float]) -> torch.Tensor:
    """Return logits (1, 2, 2, 2): of each class, at the four places in reading order."""
    return torch.tensor(rows).reshape(1, 2, 2, 2)


class TestPlaces:
    FIRST = torch.tensor([[True, False]])

    def mask(self, *values: int) -> torch.Tensor:
        """Return a mask (1, 4, 4) whose quarters have these values."""
        quarters = torch.tensor(values, dtype=torch.uint8).reshape(1, 2, 2)
        return quarters.repeat_interleave(2, 1).repeat_interleave(2, 2)

    def test_by_hand(self) -> None:
        """Cells at the first two places: -log ¾ and -log ½; their mean."""
        outputs = places_of([math.log(3), 0.0, -9.0, -9.0], [0.0, 0.0, 9.0, 9.0])
        loss = place_loss(outputs, self.FIRST, self.mask(1, 1, 0, MaskValue.UNKNOWN))
        assert loss.item() == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)

    def test_a_place_counts_by_how_much_of_it_is_cell(self) -> None:
        mask = self.mask(1, 1, 0, 0)
        mask[0, :2, 2:] = torch.tensor([[1, 0], [0, 0]])  # a quarter of the second place
        outputs = places_of([math.log(3), 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0])
        loss = place_loss(outputs, self.FIRST, mask)
        assert loss.item() == pytest.approx((math.log(4 / 3) + math.log(2) / 4) / 1.25)

    def test_where_all_places_say_the_same_it_is_the_loss_of_the_field(self) -> None:
        outputs = torch.randn(3, 4, generator=torch.Generator().manual_seed(1))
        allowed = torch.tensor(
            [[True, True, False, False], [False, True, False, False], [True] * 4]
        )
        places = outputs[:, :, None, None].expand(-1, -1, 2, 2)
        mask = self.mask(1, 0, 1, 0).expand(3, -1, -1)
        torch.testing.assert_close(
            place_loss(places, allowed, mask), pattern_loss(outputs, allowed)
        )

    def test_no_cell_or_no_label_is_zero_with_zero_gradient(self) -> None:
        for mask, allowed in (
            (self.mask(0, 0, 0, 0), self.FIRST),
            (self.mask(1, 1, 1, 1), torch.zeros(1, 2, dtype=torch.bool)),
        ):
            outputs = torch.randn(1, 2, 2, 2, requires_grad=True)
            loss = place_loss(outputs, allowed, mask)
            loss.backward()
            assert loss.item() == 0
            assert outputs.grad is not None
            assert not outputs.grad.any()


class TestIntensity:
    def test_by_hand(self) -> None:
        """-log sigmoid(0) for the one known entry."""
        loss = intensity_loss(torch.tensor([[0.0], [4.0]]), torch.tensor([[1.0], [math.nan]]))
        assert loss.item() == pytest.approx(math.log(2))

    def test_three_levels_are_two_questions(self) -> None:
        """Above negative yes, above intermediate no, both half sure: log 2 each, mean log 2."""
        loss = intensity_loss(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]))
        assert loss.item() == pytest.approx(math.log(2))

    def test_nothing_known_is_zero(self) -> None:
        assert intensity_loss(torch.ones(1, 1), torch.tensor([[math.nan]])).item() == 0


class TestMultiTask:
    PREDICTION: ClassVar[dict[str, Tensor]] = {
        "mask": torch.zeros(2, 1, 4, 4),
        "pattern": torch.zeros(2, 3),
        "intensity": torch.zeros(2, 1),
        "places": torch.zeros(2, 3, 2, 2),
    }
    TARGETS: ClassVar[dict[str, Tensor]] = {
        "mask": torch.ones(2, 4, 4, dtype=torch.uint8),
        "pattern": torch.tensor([[True, False, False], [False, True, False]]),
        "intensity": torch.tensor([[1.0], [0.0]]),
    }

    @pytest.mark.parametrize("pattern", ["field", "places"])
    def test_one_loss_a_task(self, pattern: str) -> None:
        preset = LossPreset.model_validate({"mask": "bce", "pattern": pattern})
        losses = MultiTaskLoss(preset)(self.PREDICTION, self.TARGETS)
        expected = [math.log(2), math.log(3), math.log(2)]
        assert [loss.item() for loss in losses] == pytest.approx(expected)

    def test_only_the_tasks_that_are_asked_for(self) -> None:
        (loss,) = MultiTaskLoss(tasks=[PATTERN])(self.PREDICTION, self.TARGETS)
        assert loss.item() == pytest.approx(math.log(3))


class TestInterior:
    def test_by_hand(self) -> None:
        """In cells, told 1/2: log 2 where 1 is true, 0 where 1/2 is. Outside, told 1/2: log 2."""
        truth = torch.tensor([[[1.0, 0.5, 0.0, 0.0, 0.0]]])
        known = torch.ones_like(truth, dtype=torch.bool)
        loss = interior_loss(torch.zeros(1, 1, 5), truth, known)
        assert loss.item() == pytest.approx(math.log(2) / 2 + math.log(2))

    def test_it_is_0_where_all_is_right(self) -> None:
        truth = torch.linspace(0.05, 0.95, 7, dtype=torch.float64)[None, None]
        known = torch.ones_like(truth, dtype=torch.bool)
        assert interior_loss(truth.logit(), truth, known).item() == pytest.approx(0, abs=1e-9)
        assert interior_loss(truth.logit() + 0.1, truth, known).item() > 1e-4

    def test_unknown_pixels_do_not_matter(self) -> None:
        known = torch.tensor([[[True, False]]])
        for other in (-9.0, 9.0):
            truth = torch.tensor([[[1.0, other]]])
            loss = interior_loss(torch.tensor([[[0.0, other]]]), truth, known)
            assert loss.item() == pytest.approx(math.log(2))
        nothing = torch.zeros(1, 1, 2, dtype=torch.bool)
        assert interior_loss(torch.ones(1, 1, 2), torch.zeros(1, 1, 2), nothing).item() == 0


class TestPhase:
    def test_by_hand(self) -> None:
        """Four equal phases: log 4 in interphase, log (4 / 3) where any other may be, times 5."""
        allowed = torch.tensor([[True, False, False, False], [False, True, True, True]])
        loss = phase_loss(torch.zeros(1, 4, 1, 2), allowed.T[None, :, None, :])
        assert loss.item() == pytest.approx((math.log(4) + 5 * math.log(4 / 3)) / 6)

    def test_background_and_cells_of_any_phase_say_nothing(self) -> None:
        allowed = torch.tensor([[True, False, False, False], [False] * 4, [True] * 4])
        logits = torch.zeros(1, 4, 1, 3)
        logits[..., 1:] = torch.tensor([9.0, -9.0, 3.0, 1.0])[None, :, None, None]
        loss = phase_loss(logits, allowed.T[None, :, None, :])
        assert loss.item() == pytest.approx(math.log(4))
        nothing = torch.zeros(1, 4, 1, 3, dtype=torch.bool)
        assert phase_loss(logits, nothing).item() == 0
