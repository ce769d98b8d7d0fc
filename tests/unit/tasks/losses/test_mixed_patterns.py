"""The loss of sera that show several patterns, worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from anascope.tasks.losses import pattern_loss, place_loss

CELL = torch.ones(1, 4, 4, dtype=torch.uint8)
LOGITS = torch.log(torch.tensor([[0.5, 0.3, 0.2]]))


def bits(*patterns: list[bool]) -> Tensor:
    """Return the target of one serum from what each of its patterns allows."""
    places = torch.arange(len(patterns), dtype=torch.uint8)[:, None]
    return (torch.tensor(patterns).to(torch.uint8) << places).sum(dim=0).to(torch.uint8)[None]


@pytest.mark.parametrize(
    ("patterns", "likely"),
    [
        ([[True, False, False], [False, True, False]], [0.5, 0.3]),
        ([[True, False, False], [False, True, True]], [0.5, 0.5]),
        ([[True, False, False], [False, True, False], [False, False, True]], [0.5, 0.3, 0.2]),
        ([[True, True, True], [False, True, False]], [1.0, 0.3]),
        ([[True, True, True], [True, True, True]], [1.0, 1.0]),
    ],
)
def test_it_is_the_mean_over_the_patterns(patterns: list[list[bool]], likely: list[float]) -> None:
    wanted = -sum(math.log(share) for share in likely) / len(likely)
    assert pattern_loss(LOGITS, bits(*patterns)).item() == pytest.approx(wanted, abs=1e-6)
    places = LOGITS[:, :, None, None].expand(-1, -1, 2, 2)
    assert place_loss(places, bits(*patterns), CELL).item() == pytest.approx(wanted, abs=1e-6)


def test_equal_parts_are_the_best_answer() -> None:
    """There, with the other classes far away, the gradient is nothing and the loss log 2."""
    target = bits([True, False, False, False], [False, False, True, False])
    best = torch.tensor([[3.0, -30.0, 3.0, -30.0]], requires_grad=True)
    loss = pattern_loss(best, target)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(2))
    assert best.grad is not None
    assert best.grad.abs().max() < 1e-6
    for other in ([4.0, -30.0, 3.0, -30.0], [3.0, -30.0, 3.0, 0.0]):
        assert pattern_loss(torch.tensor([other]), target) > loss


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_sera_of_one_pattern_weigh_the_same_to_the_last_bit(seed: int, kind: torch.dtype) -> None:
    """Loss and gradient are those of labels without the axis of patterns."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(16, 29, generator=generator).to(kind)
    places = torch.randn(16, 29, 4, 4, generator=generator).to(kind)
    allowed = torch.rand(16, 29, generator=generator) < 0.1
    allowed[3], allowed[5] = True, False  # which say nothing
    mask = (torch.rand(16, 8, 8, generator=generator) < 0.4).to(torch.uint8)
    found = []
    for target in (allowed, allowed.to(torch.uint8)):
        inputs = [tensor.clone().requires_grad_() for tensor in (logits, places)]
        losses = pattern_loss(inputs[0], target), place_loss(inputs[1], target, mask)
        sum(losses, torch.zeros(())).backward()
        found.append([*losses, *(tensor.grad for tensor in inputs)])
    for before, now in zip(*found, strict=True):
        assert before is not None
        assert now is not None
        assert torch.equal(before, now)


def test_a_mixed_serum_changes_nothing_of_the_others() -> None:
    single = bits([False, False, True])
    mixed = bits([True, False, False], [False, True, False])
    logits = LOGITS.repeat(2, 1).requires_grad_()
    loss = pattern_loss(logits, torch.cat([single, mixed]))
    alone = (pattern_loss(LOGITS, single) + pattern_loss(LOGITS, mixed)) / 2
    assert loss.item() == pytest.approx(alone.item())
