"""The head that answers for a whole field, from sums over its places."""

from __future__ import annotations

import math

import pytest
import torch
from torch.testing import assert_close

from anascope.models import build_network
from anascope.networks import FieldHead, JointUNet, WholeField
from anascope.presets import load_preset
from anascope.words import PatternSpace, Vocabulary

CLASSES = ("homogeneous", "centromere", "golgi")
TASKS = ["mask", "pattern", "intensity", "cells", "mixture"]


def network(field_hidden: int) -> JointUNet:
    keys = {"width": 4, "hidden": 8, "head": "dense", "field_hidden": field_hidden}
    changes = {f"network.{key}": value for key, value in keys.items()} | {"tasks": TASKS}
    return build_network(load_preset("tiny", changes), Vocabulary(PatternSpace(CLASSES))).eval()


def test_what_it_sees_follows_from_sums_by_hand() -> None:
    head = FieldHead(channels=1, classes=2, hidden=3)
    # Two places of interphase cells that show 2 and 4, and half a place of dividing cells with 9.
    embedding = torch.tensor([[[[2.0, 4.0, 9.0]]]])
    cells = torch.tensor([[[[1.0, 1.0, 1.0]]]])
    dividing = torch.tensor([[[[0.0, 0.0, 1.0]]]])
    summands = head.summands(embedding, cells, dividing)
    assert_close(summands[0, :, 0, 2], torch.tensor([0, 0.75, 0, 0, 6.75]))  # 1 less a quarter
    sums = summands.sum(dim=(-2, -1))
    assert_close(sums[0], torch.tensor([2.0, 0.75, 6, 20, 6.75]))
    inputs = torch.cat([torch.tensor([[0.0, 0.0, 0.7]]), sums], dim=1)  # dense heads say 0, 0; 0.7
    mean, differs, spread, often, mixture = head.features(inputs)[0].tolist()
    assert mean == pytest.approx(3, rel=1e-5)
    assert spread == pytest.approx(1, rel=1e-4)  # of 2 and 4
    assert differs == pytest.approx((6.75 + 3) / 1.75 - 3, rel=1e-5)  # drawn to the mean by a place
    assert often == pytest.approx(math.log((0.75 + 0.3) / (2 + 0.75 + 0.3)))
    assert mixture == pytest.approx(0.7)


def test_without_dividing_cells_it_sees_no_difference() -> None:
    head = FieldHead(channels=4, classes=2, hidden=3)
    embedding, cells = torch.rand(1, 4, 5, 6), torch.rand(1, 1, 5, 6)
    sums = head.summands(embedding, cells, torch.zeros_like(cells)).sum(dim=(-2, -1))
    features = head.features(torch.cat([torch.zeros(1, 3), sums], dim=1))
    assert_close(features[0, 4:8], torch.zeros(4), atol=1e-5, rtol=0)


def test_where_places_lie_does_not_matter_and_no_cell_is_no_error() -> None:
    torch.manual_seed(3)
    head = FieldHead(channels=4, classes=2, hidden=3)
    embedding, cells, dividing = torch.rand(1, 4, 30), torch.rand(1, 1, 30), torch.rand(1, 1, 30)
    order = torch.randperm(30)

    def answer(*maps: torch.Tensor) -> torch.Tensor:
        sums = head.summands(*(each[..., None] for each in maps)).sum(dim=(-2, -1))
        answer: torch.Tensor = head(torch.cat([torch.zeros(1, 3), sums], dim=1))
        return answer

    dividing = dividing * cells
    mixed = (each[..., order] for each in (embedding, cells, dividing))
    assert_close(answer(*mixed), answer(embedding, cells, dividing))
    nothing = torch.zeros_like(cells)
    assert answer(embedding, nothing, nothing).isfinite().all()


def test_the_pattern_is_the_geometric_mean_with_what_the_dense_head_says() -> None:
    torch.manual_seed(5)
    head = FieldHead(channels=2, classes=3, hidden=4).eval()
    inputs = torch.rand(1, head.takes)
    head.share.fill_(1.0)
    alone = head(inputs)[:, :3].softmax(dim=1)
    assert_close(alone, head.answer(head.features(inputs)).pattern.softmax(dim=1))
    head.share.fill_(0.25)
    dense = inputs[:, :3].softmax(dim=1)
    both = alone**0.25 * dense**0.75
    assert_close(head(inputs)[:, :3].softmax(dim=1), both / both.sum())
    assert_close(head(inputs)[:, 3:], head.answer(head.features(inputs)).mixture)


def test_a_patch_of_a_training_does_without_it() -> None:
    with_head, without = network(6), network(0)
    kept = {k: v for k, v in with_head.state_dict().items() if not k.startswith("field_head")}
    without.load_state_dict(kept)
    image = torch.rand(2, 3, 64, 64)
    for name, values in without(image).items():
        assert_close(with_head(image)[name], values)
    assert with_head.field_head is not None
    assert not any(each.requires_grad for each in with_head.field_head.parameters())


def test_a_whole_field_is_answered_by_it() -> None:
    built = network(6)
    head, image = built.field_head, torch.rand(1, 3, 64, 96)
    assert head is not None
    with torch.no_grad():
        outputs, dense = WholeField(built)(image), built(image)
    assert_close(outputs["field_inputs"][:, :3], dense["pattern"])
    assert_close(outputs["field_inputs"][:, 3:4], dense["mixture"])
    assert_close(outputs["field_inputs"][:, 4:], outputs["field_places"].sum(dim=(-2, -1)))
    assert_close(
        torch.cat([outputs["pattern"], outputs["mixture"]], dim=1), head(outputs["field_inputs"])
    )
    assert (outputs["pattern"] != dense["pattern"]).any()
    shares = outputs["field_places"][0, :2]  # of places: interphase and dividing cells
    assert (shares >= 0).all()
    assert (shares.sum(dim=0) <= 1 + 1e-5).all()
