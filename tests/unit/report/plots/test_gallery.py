"""The contact sheet: where things stand, pixel by pixel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from anascope.cohorts import Crop
from anascope.errors import InputError
from anascope.images import stretched
from anascope.records import Window
from anascope.report.plots import draw_gallery
from anascope.report.plots._gallery import _figure, _stretched_crop
from tests.unit.report.plots.figures import assert_readable, words

Grey = NDArray[np.uint8]
SIDE = 120


def crops(patterns: tuple[str, ...], *, seed: int = 0, each: int = 2) -> Iterator[Crop]:
    rng = np.random.default_rng(seed)
    for pattern in patterns:
        for intensity in ("intermediate", "positive"):
            for _ in range(each):
                field = rng.integers(0, 200, (300, 400), dtype=np.uint8)
                yield Crop(pattern, intensity, field, Window(20, 30, SIDE, SIDE))


def panels(*cohorts: tuple[str, ...]) -> dict[tuple[str, str, int], list[Grey]]:
    found: dict[tuple[str, str, int], list[Grey]] = {}
    for place, patterns in enumerate(cohorts):
        for crop in crops(patterns, seed=place):
            key = (crop.pattern, crop.intensity, place)
            found.setdefault(key, []).append(_stretched_crop(crop))
    return found


def test_rows_are_patterns_and_columns_intensities_and_cohorts() -> None:
    made = _figure(["real", "drawn"], panels(("golgi", "homogeneous"), ("golgi",)))
    assert_readable(made)
    shown = words(made)
    assert [word for word in shown if word in ("golgi", "homogeneous")] == ["homogeneous", "golgi"]
    assert shown.count("real") == shown.count("drawn") == 2
    assert shown.count("–") == 2  # the other cohort has nothing homogeneous
    assert len(made.axes) == 2 * 2 * 2 + 2 * 2


def test_long_names_fit() -> None:
    names = ["a cohort with quite a long name, of several words", "another one, no shorter than it"]
    assert_readable(_figure(names, panels(*[("cytoplasmic fibrillar filamentous",)] * 2)))


def test_a_place_is_shown_pixel_by_pixel_as_its_field_is_stretched(tmp_path: Path) -> None:
    (crop,) = list(crops(("golgi",), each=1))[:1]
    draw_gallery([("one", [crop])], tmp_path / "g.png")
    with Image.open(tmp_path / "g.png") as picture:
        sheet = np.asarray(picture.convert("L")).astype(int)
    expected = stretched(crop.field)[20 : 20 + SIDE, 30 : 30 + SIDE].astype(int)
    places = np.lib.stride_tricks.sliding_window_view(sheet, (SIDE, SIDE))
    differences = [
        np.abs(places[y, x] - expected).max()
        for y in range(places.shape[0])
        for x in range(20, 30)
        if x < places.shape[1]
    ]
    assert min(differences) <= 2


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_places_give_the_same_file(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "same"):
        draw_gallery([("drawn", crops(("golgi",)))], tmp_path / f"{name}{suffix}")
    one, same = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "same"))
    assert one == same


def test_another_ending_and_no_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ending '.jpg'; expected one of .png, .svg, .pdf"):
        draw_gallery([("drawn", crops(("golgi",)))], tmp_path / "g.jpg")
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_gallery([("drawn", [])], tmp_path / "g.png")
