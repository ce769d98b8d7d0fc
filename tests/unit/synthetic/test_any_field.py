"""What a drawn microscope adds to a field: exact truth, light without serum, two titres."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from anascope.records import MaskValue
from anascope.synthetic import I3A, DrawnField, Titres, draw_field, draw_specimen
from anascope.synthetic.stains import Range

SHAPE = (240, 320)


def drawn(intensity: str = "positive", **changes: Any) -> DrawnField:
    microscope = replace(I3A, **changes)
    specimen = draw_specimen(np.random.default_rng(1), "homogeneous", intensity, microscope)
    return draw_field(np.random.default_rng(2), specimen, SHAPE)


def test_what_a_bar_hides_of_a_cell_is_unknown_and_the_rest_is_as_it_was() -> None:
    crowded: dict[str, Any] = {"nuclei_per_mm2": (3000.0, 3000.0), "nucleus_um": 11.0}
    plain = drawn(**crowded)
    found = [drawn(**crowded, scale_bar=True, label=True, name=str(number)) for number in range(3)]
    for field in found:
        assert field.hidden is not None
        np.testing.assert_array_equal(field.instances, plain.instances)
        np.testing.assert_array_equal(
            field.mask == MaskValue.UNKNOWN, (field.instances > 0) & field.hidden
        )
        np.testing.assert_array_equal(field.mask == MaskValue.BACKGROUND, field.instances == 0)
        assert (field.image[~field.hidden] == plain.image[~field.hidden]).mean() > 0.999
    assert any((field.mask == MaskValue.UNKNOWN).any() for field in found)


def test_large_pixels_show_the_same_cells_as_small_ones_at_the_same_places() -> None:
    """Light of painted halves is gathered; instances are those of the places that are kept."""
    field = drawn(magnification=11.0, nuclei_per_mm2=(2000.0, 2000.0), nucleus_um=11.0)
    centres = []
    for cell in field.cells:
        if cell.area < 60 or min(cell.min_y, cell.min_x) < 3:
            continue
        box = np.s_[cell.min_y : cell.max_y + 1, cell.min_x : cell.max_x + 1]
        own = field.instances[box] == cell.number
        light = np.where(own, field.image[box].astype(float), 0)
        rows, columns = np.mgrid[: light.shape[0], : light.shape[1]]
        shift = (
            (light * rows).sum() / light.sum() - rows[own].mean(),
            (light * columns).sum() / light.sum() - columns[own].mean(),
        )
        centres.append(shift)
    assert len(centres) > 20
    np.testing.assert_allclose(np.median(centres, axis=0), 0, atol=0.1)


def test_cells_of_a_negative_serum_shine_as_much_as_the_laboratory_lets_them() -> None:
    def contrast(share: float) -> float:
        field = drawn("negative", autofluorescence=share, read_noise=0.0)
        cells = field.instances > 0
        return float(field.image[cells].mean() - np.quantile(field.image, 0.05))

    levels = [contrast(share) for share in (0.0, 0.2, 0.6)]
    assert levels[0] + 1 < levels[1] < levels[2]


@pytest.mark.parametrize("counterstain", ["propidium iodide", "dapi", "evans blue"])
def test_a_counterstain_lights_what_it_stains(counterstain: str) -> None:
    plain = drawn("negative")
    stained = drawn("negative", counterstain=counterstain, counterstain_level=60.0)
    np.testing.assert_array_equal(plain.instances, stained.instances)
    more = stained.image.astype(float) - plain.image
    cells = plain.instances > 0
    around = ndimage.binary_dilation(cells, iterations=8) & ~cells
    inside, outside = more[cells].mean(), more[around].mean()
    if counterstain == "evans blue":  # cytoplasm as well
        assert min(inside, outside) > 5
    else:
        assert inside > 20
        assert inside > 3 * outside


def test_two_patterns_have_one_titre_or_two() -> None:
    def shares(titres: Titres | None) -> list[float]:
        return [
            draw_specimen(
                np.random.default_rng(seed), ["golgi", "centromere"], "positive", I3A, None, titres
            ).stains[1][1]
            for seed in range(60)
        ]

    assert all(0.35 <= share <= 0.8 for share in shares(None))
    both = shares(Titres(alike=0.5))
    assert 15 < sum(share >= 0.85 for share in both) < 45
    assert all(0.35 <= share <= 0.8 or 0.85 <= share <= 1.2 for share in both)
    exact = Range(between=(1.0, 1.0))
    assert set(shares(Titres(alike=1.0, same=exact))) == {1.0}
