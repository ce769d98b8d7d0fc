"""The tiles that a network is shown of a field."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.reading.scale import levels_of

NOISE = np.random.default_rng(3).integers(0, 255, (300, 420), np.uint8)


def test_levels_go_down_by_half_octaves_to_the_smallest_tile() -> None:
    levels = list(levels_of(NOISE))
    assert [octave for octave, _ in levels] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert [tiles.shape[1:] for _, tiles in levels][::2] == [
        (128, 128),
        (128, 128),
        (64, 64),
        (32, 32),
    ]


def test_every_tile_has_mean_0_and_deviation_1() -> None:
    for _, tiles in levels_of(NOISE):
        np.testing.assert_allclose(tiles.mean((1, 2)), 0, atol=1e-3)
        np.testing.assert_allclose(tiles.std((1, 2)), 1, atol=0.02)


def test_a_level_gives_a_bounded_number_of_tiles_whatever_the_size() -> None:
    large = np.random.default_rng(4).integers(0, 255, (1500, 1400), np.uint8)
    assert max(len(tiles) for _, tiles in levels_of(large)) == 6


def test_a_field_that_is_too_small_has_no_level() -> None:
    assert not list(levels_of(NOISE[:31]))
    assert len(list(levels_of(NOISE[:32]))) == 1


def test_tiles_lie_where_something_is() -> None:
    field = np.full((1024, 1024), 9, np.uint8)
    field[:128, 896:] = NOISE[:128, :128]
    _, tiles = next(levels_of(field))
    strongest = max(tiles, key=lambda tile: float(np.abs(np.diff(tile)).mean()))
    assert np.corrcoef(strongest.ravel(), NOISE[:128, :128].ravel())[0, 1] > 0.999


@pytest.mark.parametrize("shape", [(4200, 4500), (40, 9000)])
def test_a_very_large_field_is_looked_at_in_part(shape: tuple[int, int]) -> None:
    """The part that varies most: here the last one, the only one with anything in it."""
    field = np.full(shape, 10, np.uint8)
    field[-300:, -420:] = NOISE[-shape[0] :]
    part = [tiles for _, tiles in levels_of(field[-3072:, -3072:])]
    for found, wanted in zip(levels_of(field), part, strict=True):
        np.testing.assert_array_equal(found[1], wanted)
