"""Drawn fields: the same for the same chance, true to what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from anascope.errors import InputError
from anascope.records import MaskValue
from anascope.synthetic import (
    I3A,
    MIVIA,
    STAINS,
    DrawnField,
    Microscope,
    draw_field,
    draw_specimen,
    laboratory_named,
)
from benchmarks.data.touching import touching_cells

SHAPE = (240, 320)


def drawn(
    seed: int,
    pattern: str = "speckled",
    intensity: str = "positive",
    microscope: Microscope = I3A,
    shape: tuple[int, int] = SHAPE,
) -> DrawnField:
    specimen = draw_specimen(np.random.default_rng([seed, 0]), pattern, intensity, microscope)
    return draw_field(np.random.default_rng([seed, 1]), specimen, shape)


@pytest.mark.parametrize("pattern", STAINS)
def test_every_pattern_gives_a_field_and_the_same_one_again(pattern: str) -> None:
    one, same, other = (drawn(seed, pattern) for seed in (3, 3, 4))
    assert one.image.shape == one.mask.shape == SHAPE
    assert one.image.dtype == one.mask.dtype == np.uint8
    assert (one.mask == MaskValue.CELL).any()
    np.testing.assert_array_equal(one.image, same.image)
    np.testing.assert_array_equal(one.instances, same.instances)
    assert one.cells == same.cells
    assert (one.image != other.image).any()


@pytest.mark.parametrize("shape", [(520, 694), (33, 71), (16, 16)])
def test_any_size_can_be_drawn(shape: tuple[int, int]) -> None:
    field = drawn(0, "nucleolar", shape=shape)
    assert field.image.shape == field.instances.shape == shape
    assert field.cells


@pytest.mark.parametrize("pattern", ["homogeneous", "golgi"])
def test_what_is_said_of_the_cells_is_so(pattern: str) -> None:
    field = drawn(5, pattern, shape=(400, 520))
    np.testing.assert_array_equal(field.mask == MaskValue.CELL, field.instances > 0)
    numbers = np.unique(field.instances)
    assert [cell.number for cell in field.cells] == list(numbers[numbers > 0])
    for cell in field.cells:
        rows, columns = np.nonzero(field.instances == cell.number)
        box = (cell.min_y, cell.min_x, cell.max_y, cell.max_x)
        assert box == (rows.min(), columns.min(), rows.max(), columns.max())
        assert cell.area == len(rows)
        assert (cell.y, cell.x) == pytest.approx((rows.mean(), columns.mean()))
        assert cell.patterns == (pattern,)
    bright = [cell.brightness for cell in field.cells if cell.area > 200]
    assert min(bright) > 0


@pytest.mark.parametrize("microscope", [I3A, MIVIA], ids=["i3a", "mivia"])
def test_nuclei_are_as_large_in_micrometres_as_the_microscope_says(microscope: Microscope) -> None:
    assert microscope.pixel_size_um == microscope.camera_pixel_um / microscope.magnification
    side = round(150 / microscope.pixel_size_um)
    areas = []
    for seed in range(3):
        field = drawn(seed, "homogeneous", microscope=microscope, shape=(side, side))
        areas += [
            cell.area * microscope.pixel_size_um**2
            for cell in field.cells
            if min(cell.min_y, cell.min_x) > 0 and max(cell.max_y, cell.max_x) < side - 1
        ]
    assert len(areas) > 8
    round_nucleus = np.pi / 4 * microscope.nucleus_um**2
    assert np.median(areas) == pytest.approx(round_nucleus, rel=0.35)


def test_some_cells_are_cut_by_the_border_and_some_are_not() -> None:
    field = drawn(7, "homogeneous", shape=(400, 520))
    edges = [field.instances[place] for place in (0, -1, (slice(None), 0), (slice(None), -1))]
    cut = set(np.concatenate(edges)) - {0}
    assert 0 < len(cut) < len(field.cells)


def test_sixteen_bits_show_the_same_and_finer() -> None:
    fine = drawn(2, microscope=replace(I3A, bits=16))
    coarse = drawn(2)
    assert fine.image.dtype == np.uint16
    assert np.abs(fine.image / 257 - coarse.image).max() <= 0.51
    assert len(np.unique(fine.image)) > len(np.unique(coarse.image))


def test_exposures_bleach() -> None:
    specimen = draw_specimen(np.random.default_rng(0), "homogeneous", "positive", MIVIA)
    fresh, old = (
        draw_field(np.random.default_rng(1), specimen, SHAPE, exposures=count) for count in (0, 5)
    )
    np.testing.assert_array_equal(fresh.instances, old.instances)
    assert old.image[old.instances > 0].mean() < fresh.image[fresh.instances > 0].mean()


def test_cells_are_brighter_than_what_is_round_them() -> None:
    field = drawn(5, "homogeneous", shape=(400, 520))
    far = ndimage.distance_transform_edt(field.instances == 0) > 12
    assert field.image[field.instances > 0].mean() > 2 * field.image[far].mean()


def test_brightness_tells_the_intensity_with_an_overlap() -> None:
    levels = [seed % 2 for seed in range(60)]
    brightness = []
    for seed, level in enumerate(levels):
        field = drawn(seed, "homogeneous", ("intermediate", "positive")[level], shape=(160, 200))
        brightness.append(float(np.percentile(field.image[field.instances > 0], 90)))
    assert 0.85 < roc_auc_score(levels, brightness) < 1


def test_an_unknown_laboratory_is_refused() -> None:
    assert laboratory_named("mivia").microscope == MIVIA
    with pytest.raises(InputError, match="did you mean 'mivia'"):
        laboratory_named("mivi")


def test_more_cells_touch_where_more_may_overlap() -> None:
    def share(overlapping: float) -> float:
        microscope = replace(I3A, overlapping=overlapping, nuclei_per_mm2=(1300.0, 1300.0))
        fields = [drawn(seed, microscope=microscope, shape=(400, 400)) for seed in range(2)]
        touching = sum(len(touching_cells(field.instances)) for field in fields)
        return touching / sum(len(field.cells) for field in fields)

    assert share(0.0) < 0.2 < 0.35 < share(1.0)
