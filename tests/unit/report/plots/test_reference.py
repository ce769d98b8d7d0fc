"""Reference images with their scale."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from anascope.report.plots import ReferenceImage, draw_reference
from anascope.report.plots._reference import reference_figure
from tests.unit.report.plots.figures import assert_files, assert_readable, titles

IMAGE: NDArray[np.uint16] = np.random.default_rng(0).integers(0, 4000, (75, 100)).astype(np.uint16)


def reference(pixel_size_um: float | None, title: str = "nuclear envelope") -> ReferenceImage:
    return ReferenceImage(title, "patient 12, positive", IMAGE, pixel_size_um)


def test_files(tmp_path: Path) -> None:
    images = [reference(0.5), reference(None)]
    assert_files(lambda path: draw_reference(images, path), tmp_path)


def test_the_bar_is_as_long_as_it_says() -> None:
    # 100 pixels of 0.5 µm: a fifth of 50 µm is 10 µm.
    axes, without = reference_figure([reference(0.5), reference(None)]).axes
    (bar,) = axes.patches
    assert isinstance(bar, Rectangle)
    assert bar.get_width() == 10 / 0.5
    assert [text.get_text() for text in axes.texts] == ["10 µm"]
    assert bar.get_x() + bar.get_width() < 100
    assert bar.get_y() + bar.get_height() < 75
    assert not without.patches
    assert not without.texts


def test_images_are_stretched_one_by_one() -> None:
    dark = ReferenceImage("dark", "", IMAGE // 100, None)
    for axes in reference_figure([dark, reference(None)]).axes:
        (image,) = axes.images
        shown = np.asarray(image.get_array())
        assert (shown.min(), shown.max()) == (0, 255)
        assert image.get_cmap().name == "gray"


def test_an_image_without_contrast_is_no_division_by_zero() -> None:
    flat = ReferenceImage("flat", "", np.full((5, 5), 7, np.uint8), 0.1)
    (axes,) = reference_figure([flat]).axes
    assert np.asarray(axes.images[0].get_array()).max() == 0


def test_titles_and_captions() -> None:
    figure = reference_figure([reference(0.2), reference(0.2, "nucleolar")])
    assert titles(figure) == ["nuclear envelope", "nucleolar"]
    assert {axes.get_xlabel() for axes in figure.axes} == {"patient 12, positive"}


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_readable(count: int, columns: int) -> None:
    assert_readable(reference_figure([reference(0.2)] * count, columns=columns))


@pytest.mark.parametrize(
    ("image", "size", "message"),
    [
        (np.zeros((0, 4)), 0.2, "image must be"),
        (np.zeros((4, 4, 3)), 0.2, "image must be"),
        (IMAGE, 0.0, "pixel_size_um must be positive"),
        (IMAGE, math.nan, "pixel_size_um must be positive"),
    ],
)
def test_refusals(image: NDArray[np.uint16], size: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ReferenceImage("", "", image, size)


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least one image"):
        draw_reference([], tmp_path / "reference.png")
