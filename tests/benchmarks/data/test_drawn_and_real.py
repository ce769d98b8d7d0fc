"""What the benchmarks of drawn specimens compute, on images whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anascope.cohorts import Cohort
from anascope.synthetic import I3A, MIVIA, draw_field, draw_specimen
from anascope.synthetic.fit import Shown, levels
from benchmarks.data._pairs import drawn_cells, real_cells, real_fields, shown_of
from benchmarks.data._patch_features import Patch, features, patches_of
from benchmarks.data.fit import compare
from benchmarks.data.told_apart import auroc, folds_of, tell_apart

PIXEL = MIVIA.pixel_size_um
SMALL = (400, 480)


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


def small_field(seed: int = 1, pattern: str = "homogeneous") -> Shown:
    rng = np.random.default_rng(seed)
    specimen = draw_specimen(rng, pattern, "positive", replace(MIVIA, shape=SMALL))
    return shown_of(draw_field(rng, specimen), MIVIA, str(seed), pattern, "positive")


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
    found = tell_apart(patches, epochs=1, trees=30)
    assert found["raw"]["forest"]["auroc"] > 0.99
    assert found["field"]["forest"]["auroc"] < 0.9
