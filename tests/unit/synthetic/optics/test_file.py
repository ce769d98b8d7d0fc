"""What JPEG and a colour table leave in the grey image."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.synthetic import MIVIA
from anascope.synthetic.optics import as_read_back

SHAPE = (128, 160)


def picture() -> NDArray[np.uint8]:
    """Return smooth grey levels with some noise."""
    rng = np.random.default_rng(3)
    smooth = ndimage.gaussian_filter(rng.standard_normal(SHAPE), 4)
    noisy = 90 + 300 * smooth + rng.normal(0, 4, SHAPE)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def stored(unspecific: NDArray[np.float32] | None = None, **changes: Any) -> NDArray[np.uint8]:
    return as_read_back(picture(), unspecific, replace(MIVIA, **changes))


def error(**changes: Any) -> float:
    difference = stored(**changes).astype(float) - picture()
    return float(np.sqrt(np.mean(difference**2)))


def steps(image: NDArray[np.uint8], first: int) -> float:
    """Return the mean step between columns, every eighth from ``first`` on."""
    across = np.abs(np.diff(image.astype(float), axis=1))
    return float(across[:, first::8].mean())


def test_jpeg_leaves_blocks_of_eight_pixels() -> None:
    coarse = stored(jpeg_quality=10)
    borders, inside = steps(coarse, 7), np.mean([steps(coarse, first) for first in range(7)])
    assert borders > 1.5 * inside
    sharp = picture()
    assert steps(sharp, 7) < 1.2 * np.mean([steps(sharp, first) for first in range(7)])


def test_the_lower_the_quality_the_further_from_the_picture() -> None:
    errors = [error(jpeg_quality=quality) for quality in (95, 75, 40)]
    assert errors == sorted(errors)
    assert errors[0] < 2.5


def test_a_green_picture_loses_more_than_a_grey_one_and_most_at_half_the_colours() -> None:
    grey = error(jpeg_quality=90)
    whole = error(jpeg_quality=90, colours="green")
    halved = error(jpeg_quality=90, colours="green", jpeg_halves_colours=True)
    assert grey < whole < halved


def test_a_counterstain_is_seen_in_the_colours_alone() -> None:
    red = np.zeros(SHAPE, np.float32)
    red[40:80, 40:80] = 40
    for name in ("evans blue", "dapi"):
        with_it = stored(
            red, jpeg_quality=92, colours="green and red", counterstain=name, red=0.1
        ).astype(float)
        assert abs(with_it.mean() - picture().mean()) < 3
        assert (with_it != stored(jpeg_quality=92, colours="green and red")).any()
    grey = stored(red, jpeg_quality=92, counterstain="dapi")
    np.testing.assert_array_equal(grey, stored(jpeg_quality=92))
