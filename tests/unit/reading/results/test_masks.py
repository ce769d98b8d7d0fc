"""Masks and outlines as other programs read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import roifile
import tifffile
from shapely.geometry import shape

from anascope.reading.results import (
    _label_mask,
    colour_of,
    outlines_of,
    write_geojson,
    write_label_mask,
    write_rois,
)
from tests.unit.reading.results.conftest import MadeUp


@pytest.mark.parametrize(("most", "kind"), [(7, np.uint16), (65535, np.uint16), (65536, np.uint32)])
def test_label_mask(tmp_path: Path, most: int, kind: type[np.generic]) -> None:
    labels = np.zeros((30, 40), np.int32)
    labels[3:6, 4:9] = most
    write_label_mask(labels, tmp_path / "labels.tif", pixel_size_um=0.3225)
    with tifffile.TiffFile(tmp_path / "labels.tif") as file:
        page = file.pages.first
        assert page.dtype == kind
        assert page.compression == tifffile.COMPRESSION.ADOBE_DEFLATE
        pixels, unit = page.tags["XResolution"].value
        assert page.resolutionunit == tifffile.RESUNIT.CENTIMETER
        assert 1e4 * unit / pixels == pytest.approx(0.3225, rel=1e-6)
        assert (page.asarray() == labels).all()
        assert "DateTime" not in page.tags


def test_the_label_mask_of_a_slide_is_in_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = np.random.default_rng(1).integers(0, 70_000, (700, 1100)).astype(np.int32)
    monkeypatch.setattr(_label_mask, "IN_MEMORY", labels.nbytes)
    write_label_mask(labels, tmp_path / "labels.tif", pixel_size_um=0.3225)
    with tifffile.TiffFile(tmp_path / "labels.tif") as file:
        assert file.pages.first.is_tiled
        assert file.pages.first.dtype == np.uint32
        np.testing.assert_array_equal(file.asarray(), labels)


def test_label_mask_without_pixel_size(tmp_path: Path) -> None:
    write_label_mask(np.zeros((3, 4), np.int32), tmp_path / "labels.tif")
    with tifffile.TiffFile(tmp_path / "labels.tif") as file:
        assert file.pages.first.resolutionunit == tifffile.RESUNIT.NONE


def test_rois(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    field = made_up()
    outlines = outlines_of(field.arrays.labels)
    write_rois(field.reading, outlines, tmp_path / "outlines.zip")
    rois = roifile.roiread(tmp_path / "outlines.zip")
    assert isinstance(rois, list)
    assert [roi.name for roi in rois] == [str(cell.cell) for cell in field.reading.cells]
    for roi, outline in zip(rois, outlines, strict=True):
        assert roi.roitype == roifile.ROI_TYPE.POLYGON
        assert roi.subpixelresolution
        assert np.allclose(roi.coordinates(), outline.points, atol=1e-4)
        assert roi.left <= outline.points[:, 0].min() + 0.5
    assert rois[0].stroke_color == bytes((255, *colour_of("fine speckled")))  # cell 1
    before = (tmp_path / "outlines.zip").read_bytes()
    write_rois(field.reading, outlines, tmp_path / "outlines.zip")
    assert (tmp_path / "outlines.zip").read_bytes() == before


def test_geojson(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    field = made_up()
    outlines = outlines_of(field.arrays.labels)
    path = tmp_path / "outlines.geojson"
    write_geojson(field.reading, outlines, path)
    collection = json.loads(path.read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    for feature, outline, cell in zip(
        collection["features"], outlines, field.reading.cells, strict=True
    ):
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        assert polygon.area == pytest.approx(cell.area, rel=0.03, abs=2)
        assert polygon.area == pytest.approx(outline.area, abs=0.5)
        ring = feature["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1]
        properties = feature["properties"]
        assert properties["objectType"] == "detection"
        assert properties["name"] == str(cell.cell)
        assert properties["classification"]["name"] == cell.pattern
        assert all(0 <= part <= 255 for part in properties["classification"]["color"])
        measured = {each["name"]: each["value"] for each in properties["measurements"]}
        assert measured == {
            "Area px^2": cell.area,
            "Area µm^2": cell.area_um2,
            "Brightness": cell.brightness,
            "Pattern probability": cell.pattern_probability,
            "Mitotic probability": cell.mitotic,
        }


def test_geojson_says_only_what_is_known(made_up: Callable[..., MadeUp], tmp_path: Path) -> None:
    field = made_up(told=False)
    path = tmp_path / "outlines.geojson"
    outlines = outlines_of(field.arrays.labels)
    write_geojson(field.reading, outlines, path, object_type="annotation")
    first = json.loads(path.read_text(encoding="utf-8"))["features"][0]["properties"]
    assert first["objectType"] == "annotation"
    assert first["classification"]["name"] == "homogeneous"  # the field's
    assert [each["name"] for each in first["measurements"]] == ["Area px^2", "Brightness"]
