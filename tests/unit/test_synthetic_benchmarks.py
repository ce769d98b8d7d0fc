"""What the benchmarks of drawn specimens compute, on images whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from anascope.cohorts import Cohort
from anascope.synthetic import I3A, MIVIA, draw_field, draw_specimen
from benchmarks._appearance import (
    Shown,
    banded_power,
    cell_table,
    levels,
    rise,
    rise_numbers,
)
from benchmarks._noise import fit_noise, group, noise_of, pairing
from benchmarks._patch_features import Patch, features, patches_of
from benchmarks._real_and_drawn import drawn_cells, real_cells, real_fields, shown_of
from benchmarks.synthesis_speed import drawing_like, peaks, peaks_of_a_process, speed
from benchmarks.synthetic_classifier import auroc, folds_of, tell_apart
from benchmarks.synthetic_fit import border, compare

PIXEL = MIVIA.pixel_size_um
SMALL = (400, 480)


def disc(level: float = 60.0, radius: int = 40, blur: float = 0.0) -> Shown:
    """Return one disc of ``level`` over a background of 10."""
    y, x = np.mgrid[:256, :256]
    inside = (y - 128) ** 2 + (x - 128) ** 2 < radius**2
    light = ndimage.gaussian_filter(inside * level, blur) + 10
    return shown(np.rint(light).astype(np.uint8), inside)


def shown(image: np.ndarray, cells: np.ndarray, unit: str = "1") -> Shown:
    return Shown(
        image=image,
        cells=cells,
        known=np.ones(image.shape, bool),
        pixel_um=PIXEL,
        name=unit,
        unit=unit,
        pattern="homogeneous",
        intensity="positive",
        whole=1,
        mitotic=0,
    )


def noisy(rng: np.random.Generator, level: float, grain: tuple[float, float]) -> Shown:
    """Return shot noise of 4 electrons a level, blurred, where no cell is."""
    noise = ndimage.gaussian_filter(
        rng.normal(0, (level / 4) ** 0.5, (512, 512)), grain, truncate=2
    )
    image = np.clip(np.rint(level + noise), 0, 255).astype(np.uint8)
    return shown(image, np.zeros(image.shape, bool))


def small_field(seed: int = 1, pattern: str = "homogeneous") -> Shown:
    rng = np.random.default_rng(seed)
    specimen = draw_specimen(rng, pattern, "positive", replace(MIVIA, shape=SMALL))
    return shown_of(draw_field(rng, specimen), MIVIA, str(seed), pattern, "positive")


def test_levels_and_size_of_a_disc() -> None:
    found = levels(disc())
    assert found["dark"] == pytest.approx(9.6, abs=0.5)
    assert found["inside_90"] == pytest.approx(60, abs=1)
    cell = cell_table(disc(), 10.0).iloc[0]
    assert cell["diameter_um"] == pytest.approx(80 * PIXEL, rel=0.01)
    assert cell["elongation"] == pytest.approx(1, abs=0.01)
    assert cell["brightness"] == pytest.approx(60, abs=0.5)


def test_light_rises_at_the_border_as_fast_as_the_blur_lets_it() -> None:
    sigma_um = 0.8
    found = rise_numbers(rise(disc(blur=sigma_um / PIXEL), 10.0))
    assert found["at_um"] == pytest.approx(0, abs=0.15)
    assert found["width_um"] == pytest.approx(2 * 0.6745 * sigma_um, abs=0.25)


def test_power_of_a_wave_is_in_its_band() -> None:
    wave = np.sin(2 * np.pi * np.arange(64) * PIXEL * 1.0) * np.ones((64, 1))
    assert int(np.nanargmax(banded_power(wave, PIXEL))) == 3  # 0.8 to 1.2 cycles per µm


@pytest.mark.parametrize("grain", [(0.0, 0.0), (0.55, 0.75)])
def test_noise_is_found_as_it_was_made(grain: tuple[float, float]) -> None:
    rng = np.random.default_rng(7)
    groups = [group(*noise_of(noisy(rng, level, grain), 16)) for level in (10.0, 20.0, 30.0)]
    found = fit_noise([each for each in groups if each is not None])
    assert found["grain_down"] == pytest.approx(grain[0], abs=0.2 if not grain[0] else 0.06)
    assert found["grain_across"] == pytest.approx(grain[1], abs=0.2 if not grain[1] else 0.06)
    assert found["variance_50"] == pytest.approx(20 / 4, rel=0.3)


def test_columns_that_are_alike_two_by_two_are_seen() -> None:
    rng = np.random.default_rng(3)
    halves = rng.integers(10, 30, (128, 64)).repeat(2, axis=1)
    image = (halves + rng.integers(0, 4, (128, 128))).astype(np.uint8)
    found = pairing(shown(image, np.zeros(image.shape, bool)))
    assert found["across_2"] > 2
    assert found["down_2"] == pytest.approx(1, abs=0.1)


def test_border_between_levels_is_where_fewest_are_wrong() -> None:
    fields = pd.DataFrame(
        {
            "inside_90": [10.0, 20.0, 80.0, 90.0],
            "intensity": ["intermediate"] * 2 + ["positive"] * 2,
        }
    )
    assert border(fields) == pytest.approx(40)


def test_drawn_fields_against_themselves_fit(tmp_path: Path) -> None:
    fields = [small_field(seed) for seed in (1, 2)]
    fields.append(replace(small_field(3), intensity="intermediate"))
    found = compare("drawn", fields, fields, MIVIA, 16, tmp_path)
    ratios = [row["ratio"] for row in found["table"] if row["ratio"] is not None]
    assert ratios == pytest.approx([1] * len(ratios))
    assert set(found["wasserstein_levels"].values()) == {0.0}
    assert {path.name for path in tmp_path.iterdir()} == {"mivia.svg", "mivia.png"}


def test_cut_outs_of_drawn_cells_are_like_those_of_task_1() -> None:
    cell = next(drawn_cells(["NuMem"], 1, 5))
    rows, columns = np.nonzero(cell.cells)
    assert (rows.min(), columns.min()) == (10, 10)
    assert cell.image.shape == (rows.max() + 11, columns.max() + 11)
    assert cell.pixel_um == I3A.pixel_size_um


def test_cells_that_the_rim_cuts_are_unknown() -> None:
    field = small_field()
    rim = np.ones(field.cells.shape, bool)
    rim[1:-1, 1:-1] = False
    assert not (field.cells & rim).any()
    assert not field.known.all()
    assert not (field.cells & ~field.known).any()


def test_real_sets_are_read(real_data: Path, mivia_cohort: Cohort) -> None:
    field = next(real_fields(mivia_cohort))
    assert field.image.shape == (1038, 1388)
    assert 40 < 100 * levels(field)["inside_90"] < 10_000
    assert (field.mitotic or 0) <= (field.whole or 0)
    cells = list(real_cells(real_data, 5, 1))
    assert len(cells) == 5
    assert all(cell.cells.any() and not cell.cells.all() for cell in cells)


def test_area_under_the_curve_counts_pairs() -> None:
    real = np.array([False, False, True, True])
    found = auroc(["1", "2", "3", "4"], real, np.array([0.1, 0.6, 0.4, 0.8]))
    assert found["auroc"] == pytest.approx(0.75)
    assert found["low"] <= 0.75 <= found["high"]


def test_features_do_not_change_with_what_is_mirrored() -> None:
    square = np.random.default_rng(0).normal(50, 5, (64, 64)).astype(np.float32)
    ours, theirs = features(square), features(square[:, ::-1].copy())
    for name in ("levels: mean", "bands: 0.28-0.36", "texture: 0 at 1"):
        assert ours[name] == pytest.approx(theirs[name], abs=1e-3)


def test_brighter_fields_are_told_by_grey_levels() -> None:
    rng = np.random.default_rng(0)
    patches: list[Patch] = []
    for number in range(10):
        for real in (False, True):
            image = rng.normal(60 if real else 30, 5, (128, 128)).clip(0, 255).astype(np.uint8)
            unit = f"{number}" if real else f"7-{number}"
            field = shown(image, np.zeros(image.shape, bool), unit)
            patches.extend(patches_of(field, 64, 2, real=real))
    folds = folds_of(patches)
    pair = [folds[place] for place, patch in enumerate(patches) if patch.unit in ("3", "7-3")]
    assert len(set(pair)) == 1
    found = tell_apart(patches, epochs=1)
    assert found["raw"]["forest"]["auroc"] > 0.99
    assert found["field"]["forest"]["auroc"] < 0.9
    assert 0 <= found["raw"]["network"]["auroc"] <= 1


def test_speed_and_memory_of_small_fields() -> None:
    drawing = drawing_like("mivia", 4, (160, 160))
    found = speed(drawing, 1)
    assert found["fields"] == 3
    assert found["fields_per_second"] > 0
    assert set(peaks(drawing, [2, 4])) == {"2", "4"}
    said = peaks_of_a_process("i3a", [2, 4], (160, 160))
    assert said["peak_mib_after_fields"]["4"] >= said["peak_mib_after_fields"]["2"] > 0
