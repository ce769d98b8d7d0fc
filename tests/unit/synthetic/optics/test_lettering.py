"""Scale bars and labels: as long as they say, where they hide cells and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.synthetic import I3A, MIVIA, Microscope
from anascope.synthetic.optics import burn_in

LENGTHS_UM = (5, 10, 20, 25, 50, 100, 200)


def burnt(microscope: Microscope, dtype: Any = np.uint8) -> tuple[NDArray[Any], Any]:
    image = np.full((400, 520), 20, dtype)
    return image, burn_in(np.random.default_rng(0), image, microscope)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("microscope", [I3A, MIVIA], ids=["i3a", "mivia"])
def test_a_bar_is_of_a_round_length(microscope: Microscope, number: int) -> None:
    image, hidden = burnt(replace(microscope, name=str(number), scale_bar=True))
    rows = ["".join("#" if on else " " for on in row) for row in image == 255]
    longest = max(len(run) for row in rows for run in row.split())
    lengths = np.array(LENGTHS_UM) / microscope.pixel_size_um
    assert np.abs(lengths - longest).min() <= 1
    assert hidden[image != 20].all()
    assert hidden.mean() < 0.05


def test_nothing_is_written_unless_the_microscope_does() -> None:
    image, hidden = burnt(I3A)
    assert hidden is None
    assert (image == 20).all()
    small = np.full((60, 60), 20, np.uint8)
    assert burn_in(np.random.default_rng(0), small, replace(I3A, label=True)) is None


def test_words_are_at_full_brightness_and_stand_where_the_program_puts_them() -> None:
    places = []
    for seed in range(3):
        image = np.full((400, 520), 20, np.uint16)
        hidden = burn_in(np.random.default_rng(seed), image, replace(I3A, label=True))
        assert hidden is not None
        assert image.max() == 65535
        rows, columns = np.nonzero(hidden)
        places.append((rows.mean() > 200, columns.mean() > 260))
    assert len(set(places)) == 1
