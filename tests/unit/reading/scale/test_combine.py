"""Levels that are combined by hand."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.reading.scale import GRID, PLACES, Combining, combined

SHARP = Combining(floor=1e-30, temperature=1.0)


def bell(octaves: float, width: float = 0.3) -> np.ndarray:
    """Return logits of one tile that says a diameter, (1, diameters)."""
    return (-(((GRID - octaves) / width) ** 2) / 2)[np.newaxis]


def mean(density: np.ndarray) -> float:
    return float((density * PLACES).sum())


def test_without_a_level_every_diameter_is_as_likely() -> None:
    np.testing.assert_allclose(combined([]), 1 / len(PLACES))


def test_a_tile_that_cannot_tell_changes_nothing() -> None:
    alone = combined([(0.0, bell(5.0))], SHARP)
    both = combined([(0.0, bell(5.0)), (1.0, np.zeros((1, len(GRID))))], SHARP)
    np.testing.assert_allclose(both, alone, atol=1e-12)


def test_a_coarser_level_speaks_of_larger_nuclei_of_the_field() -> None:
    """Five octaves at half the pixels to a side are six in the field."""
    assert mean(combined([(0.0, bell(5.0))], SHARP)) == pytest.approx(5.0, abs=0.01)
    assert mean(combined([(1.0, bell(5.0))], SHARP)) == pytest.approx(6.0, abs=0.01)


def test_two_levels_that_agree_are_surer_than_one() -> None:
    """Two bells of deviation s have one of s divided by the root of 2 in common."""
    one = combined([(0.0, bell(5.0))], SHARP)
    two = combined([(0.0, bell(5.0)), (1.0, bell(4.0))], SHARP)
    spread = [float(np.sqrt((each * (PLACES - 5) ** 2).sum())) for each in (one, two)]
    assert mean(two) == pytest.approx(5.0, abs=0.01)
    assert spread[0] == pytest.approx(0.3, abs=0.02)
    assert spread[1] == pytest.approx(0.3 / np.sqrt(2), abs=0.02)


def test_two_levels_that_differ_leave_what_is_between_them() -> None:
    two = combined([(0.0, bell(5.0)), (0.0, bell(5.5))], SHARP)
    assert mean(two) == pytest.approx(5.25, abs=0.02)


def test_one_tile_of_many_that_is_wrong_is_outvoted() -> None:
    """It rules nothing out: the floor keeps what the others say."""
    tiles = np.concatenate([bell(5.0)] * 5 + [bell(8.0, 0.1)])
    assert PLACES[combined([(0.0, tiles)]).argmax()] == pytest.approx(5.0, abs=0.1)


def test_a_temperature_makes_the_answer_wider() -> None:
    warm = combined([(0.0, bell(5.0))], Combining(1e-30, 4.0))
    assert float(np.sqrt((warm * (PLACES - 5) ** 2).sum())) == pytest.approx(0.6, abs=0.05)


def test_the_last_diameter_stands_for_all_that_are_larger() -> None:
    density = combined([(0.0, bell(float(GRID[-1]), 0.1))], SHARP)
    larger = density[GRID[-1] <= PLACES]
    np.testing.assert_allclose(larger, larger[0])
