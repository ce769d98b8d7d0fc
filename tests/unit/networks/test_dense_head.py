"""The dense head: logits at every place, averaged over the cells."""

from __future__ import annotations

import torch

from anascope.networks import DenseHead


def made() -> DenseHead:
    torch.manual_seed(3)
    return DenseHead(4, (1, 1), 8, 3)


def test_it_reads_the_cells_alone() -> None:
    head, embedding = made(), torch.randn(2, 4, 6, 6)
    cells = torch.zeros(2, 1, 6, 6)
    cells[..., 2:4, 2:4] = 1
    logits = head(embedding, cells)
    background = torch.where(cells > 0, embedding, torch.randn_like(embedding))
    # A place without cells keeps a thousandth of the weight of one with.
    torch.testing.assert_close(head(background, cells), logits, atol=0.05, rtol=0)
    within = head.places(embedding)[..., 2:4, 2:4].mean(dim=(-2, -1))
    torch.testing.assert_close(logits, within, atol=0.05, rtol=0)


def test_without_a_cell_all_places_count_alike() -> None:
    head, embedding = made(), torch.randn(2, 4, 6, 6)
    logits = head(embedding, torch.zeros(2, 1, 6, 6))
    torch.testing.assert_close(logits, head.places(embedding).mean(dim=(-2, -1)))


def test_a_place_is_what_a_pooled_head_with_its_weights_would_say() -> None:
    head, embedding = made(), torch.randn(1, 4, 3, 3)
    at = embedding[:, :, 1, 2]
    expected = head.out(head.relu(head.hidden(at)))
    torch.testing.assert_close(head.places(embedding)[:, :, 1, 2], expected)
