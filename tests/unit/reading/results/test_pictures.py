"""Pictures show cells where they are, in the colours of their patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from anascope.reading import UNDECIDED
from anascope.reading.results import _heat, _shown, colour_of, contact_sheet, heat_map, overlay
from anascope.reading.results._lettering import fitted, font
from anascope.words import all_patterns
from tests.refusals import refused
from tests.unit.reading.results.conftest import (
    BLURRED,
    SHAPE,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)


def test_the_colours_of_a_heat_map_are_those_of_matplotlib() -> None:
    inferno = matplotlib.colormaps["inferno"](np.arange(256), bytes=True)[:, :3]
    assert np.array_equal(_heat._colours(), inferno)


def test_every_pattern_has_a_colour() -> None:
    _, *named = all_patterns()
    for node in named:
        assert colour_of(node.name) not in ((0, 0, 0), (255, 255, 255))
    assert colour_of(UNDECIDED) == colour_of(None) == (255, 255, 255)
    assert colour_of("AC-8") == colour_of("homogeneous nucleolar") != colour_of("nucleolar")


def test_a_pattern_that_nobody_knows_is_not_drawn_white(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    cells = tuple(replace(cell, pattern="golgy") for cell in field.reading.cells)
    with refused("pattern", "unknown pattern 'golgy'", "... (did you mean 'golgi'?)"):
        overlay(replace(field.reading, cells=cells), field.arrays)


def test_pictures_of_a_slide_are_smaller_than_it(
    made_up: Callable[..., MadeUp], monkeypatch: pytest.MonkeyPatch
) -> None:
    field = made_up()
    alike = np.asarray(overlay(field.reading, field.arrays, longest=80))
    monkeypatch.setattr(_shown, "LARGEST_SIDE", 80)
    monkeypatch.setattr(_shown, "_ENTIRE", 1000)
    picture = overlay(field.reading, field.arrays)
    heat = heat_map(field.reading, field.arrays)
    assert heat is not None
    assert picture.size == heat.size == (80, 60)
    outlined = (alike == colour_of("homogeneous")).all(axis=2)
    assert outlined.any()
    drawn = (np.asarray(picture) == colour_of("homogeneous")).all(axis=2)
    np.testing.assert_array_equal(drawn, outlined)


def test_overlay(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    plain = replace(field.reading, cells=(), pixel_size_um=None)
    picture = np.asarray(overlay(plain, field.arrays))
    assert picture.shape == (*SHAPE, 3)
    labels = field.arrays.labels
    coloured = (picture == colour_of("homogeneous")).all(axis=2)
    # Nothing but rims of cells is coloured: cells are grey inside, and so is what is around.
    assert coloured.any()
    assert (labels[coloured] > 0).all()
    grey = (picture == picture[..., :1]).all(axis=2)
    assert (coloured | grey).all()
    padded = np.pad(labels, 1, mode="edge")
    inner = np.ones(SHAPE, bool)
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        inner &= padded[dy : dy + SHAPE[0], dx : dx + SHAPE[1]] == labels
    assert (coloured == (~inner & (labels > 0))).all()


def test_overlay_marks_mitotic_cells_and_has_a_bar(made_up: Callable[..., MadeUp]) -> None:
    field = made_up(seed=3)
    without = np.asarray(overlay(replace(field.reading, pixel_size_um=None), field.arrays))
    calm = replace(
        field.reading,
        pixel_size_um=None,
        cells=tuple(replace(cell, mitotic=0.1) for cell in field.reading.cells),
    )
    assert (without != np.asarray(overlay(calm, field.arrays))).any()
    with_bar = np.asarray(overlay(field.reading, field.arrays))
    assert (with_bar != without)[-40:, -80:].any()
    assert (with_bar == without)[: SHAPE[0] // 2].all()


def test_a_smaller_overlay_has_clear_outlines(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    small = overlay(replace(field.reading, cells=()), field.arrays, longest=80)
    assert small.size == (80, 60)
    assert (np.asarray(small) == colour_of("homogeneous")).all(axis=2).any()
    assert overlay(field.reading, field.arrays, longest=1000).size == (160, 120)


def test_undecided_is_white(made_up: Callable[..., MadeUp]) -> None:
    undecided = made_up_decision(others=("golgi",))
    field = made_up(told=False, decision=undecided)
    picture = np.asarray(overlay(field.reading, field.arrays))
    assert (picture == picture[..., :1]).all()


def test_heat_map_is_of_the_likeliest(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    assert field.arrays.heat is not None
    heat = np.zeros_like(field.arrays.heat)
    heat[0, :, 4:] = 1  # homogeneous, on the right
    picture = heat_map(field.reading, replace(field.arrays, heat=heat))
    assert picture is not None
    assert picture.size == (SHAPE[1], SHAPE[0])
    rgb = np.asarray(picture).astype(int)[:60]
    warm = rgb[..., 0] - rgb[..., 2]
    assert warm[:, 100:].min() > 40
    assert warm[:, :60].max() < 10
    assert heat_map(field.reading, replace(field.arrays, heat=None)) is None
    beyond = heat_map(field.reading, replace(field.arrays, heat=heat, place=(30, 30)))
    warm = np.subtract(*np.asarray(beyond).astype(int)[:60, :, [0, 2]].transpose(2, 0, 1))
    assert warm[:, 140:].min() > 40  # begins at 4 places of 30 pixels
    assert warm[:, :100].max() < 10


def test_contact_sheet(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    fields = [made_up(f"F-{n}", seed=n, quality=(BLURRED,)).reading for n in range(5)]
    paths = {}
    for number, field in enumerate(fields):
        paths[field.field] = tmp_path / f"{number}.png"
        Image.new("RGB", (200, 150), (250, 40 * number, 0)).save(paths[field.field])
    sheet = contact_sheet(made_up_specimen(*fields), fields, paths)
    assert sheet.width > 4 * 200
    assert sheet.height > 2 * 150
    shown = {colour for _, colour in sheet.getcolors(1 << 24) or ()}
    assert {(250, 40 * number, 0) for number in range(5)} <= shown


def test_long_names_are_cut_in_the_middle() -> None:
    assert fitted("S-1", 100, 14) == "S-1"
    short = fitted("a name that does not fit by far 12", 90, 14)
    assert short.startswith("a")
    assert short.endswith("2")
    assert "…" in short
    assert font(14).getlength(short) <= 90
