"""A field that is too large for one piece is read in parts; one beyond bounds is refused."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anascope import arrays
from anascope.cells import Windowing
from anascope.models import Model, save_model
from anascope.models.engines import Tiling
from anascope.presets import ImagePreset
from anascope.reading import FieldReading, Reader
from anascope.reading.results._field_files import write_field_files
from anascope.synthetic import MIVIA, draw_field, draw_specimen
from tests.refusals import refused
from tests.unit.models.engines.test_engines import model

TILING = Tiling(whole=1000, side=576)
WINDOWING = Windowing(whole=1000, image=1000, core=128, margins=(64, 256))


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    rng = np.random.default_rng(4)
    specimen = draw_specimen(rng, "homogeneous", "positive", MIVIA)
    return draw_field(rng, specimen, (420, 560)).image


def reader(folder: Path, head: str = "dense") -> Reader:
    """Return a reader of a small network that wants fields at 0.5 µm a pixel."""
    made = model(head)
    image = ImagePreset(pixel_size_um=0.5, views=("log", "field", "local"))
    preset = made.card.preset.model_copy(update={"image": image})
    save_model(folder, Model(made.network, made.card.model_copy(update={"preset": preset})))
    return Reader(folder, engine="torch")


@pytest.mark.parametrize("large", [False, True])
def test_parts_say_what_one_piece_says(
    large: bool, drawn: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same cells, decision, flags and files, also with every array in a temporary file."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    whole, arrays_whole = Reader(engine="onnxruntime", threads=1).field(
        drawn, pixel_size_um=MIVIA.pixel_size_um
    )
    if large:
        monkeypatch.setattr(arrays, "IN_MEMORY", 1)
        monkeypatch.setattr(arrays, "_BAND", 10_000)
    in_parts = Reader(engine="onnxruntime", threads=1, tiling=TILING, windowing=WINDOWING)
    parts, arrays_parts = in_parts.field(drawn, pixel_size_um=MIVIA.pixel_size_um)
    assert len(whole.cells) > 3
    assert isinstance(arrays_parts.labels, np.memmap) == large
    np.testing.assert_array_equal(arrays_parts.labels, arrays_whole.labels)
    np.testing.assert_allclose(arrays_parts.mask, arrays_whole.mask, atol=1e-5)
    assert arrays_parts.heat is not None
    assert arrays_whole.heat is not None
    np.testing.assert_allclose(arrays_parts.heat, arrays_whole.heat, atol=1e-5)
    assert_same_reading(parts, whole)
    write_field_files(parts, arrays_parts, tmp_path / "parts")
    write_field_files(parts, arrays_whole, tmp_path / "whole")
    for name in ("labels.tif", "outlines.geojson", "outlines.zip", "overlay.jpg"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def assert_same_reading(parts: FieldReading, whole: FieldReading) -> None:
    """Require that two readings differ by the rounding of floats alone."""
    assert len(parts.cells) == len(whole.cells)
    for one, other in zip(parts.cells, whole.cells, strict=True):
        assert one.pattern_probability == pytest.approx(other.pattern_probability, abs=1e-4)
        assert replace(one, pattern_probability=None) == replace(other, pattern_probability=None)
    assert parts.quality == whole.quality
    assert parts.evaluability.evaluable == whole.evaluability.evaluable
    assert parts.decision is not None
    assert whole.decision is not None
    assert parts.decision.pattern_set == whole.decision.pattern_set
    assert parts.decision.pattern == whole.decision.pattern
    assert parts.decision.intensity == whole.decision.intensity
    assert parts.decision.probability == pytest.approx(whole.decision.probability, abs=1e-4)


@pytest.mark.parametrize(
    ("side", "size_um", "found", "expected"),
    [
        (
            9_400,
            1.5,
            "9400×9400 pixels, which are 795 million for the network",
            "at most 500 mi...",
        ),
        (20_001, 0.1, "20001×20001 pixels", "at most 400,000,000 pixels"),
        (400, 4.5, "4.5 µm a pixel, which hides the cells", "at most 4.00 micrometres ..."),
        (400, 161, "161 µm a pixel", "0.01 to 10 micrometres"),
        (400, 1e300, "1e+300 µm a pixel", "0.01 to 10 micrometres"),
        (400, 1e-320, "9.99989e-321 µm a pixel", "0.01 to 10 micrometres"),
        (400, 0.01, "400×400 pixels", "at least 1600×1600 at this pixel size"),
    ],
)
def test_what_is_beyond_bounds_is_refused_before_anything_is_made_of_it(
    side: int, size_um: float, found: str, expected: str, tmp_path: Path
) -> None:
    # One pixel that stands for all: no memory is taken unless somebody copies it.
    pixels = np.broadcast_to(np.uint8(0), (side, side))
    with refused("a.tif", found, expected):
        reader(tmp_path).field(pixels, pixel_size_um=size_um, source="a.tif")


def test_a_network_without_places_reads_in_one_piece_or_not_at_all(tmp_path: Path) -> None:
    pixels = np.broadcast_to(np.uint8(0), (5000, 5000))
    found = "5000×5000 pixels, which are 25 million for the network"
    expected = "at most 17 million: this one does not read in tiles"
    with refused("a.tif", found, expected):
        reader(tmp_path, "pooled").field(pixels, pixel_size_um=0.5, source="a.tif")


def test_a_full_disk_is_told_of_the_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arrays, "IN_MEMORY", 1)
    monkeypatch.setattr("os.posix_fallocate", full)
    pixels = np.zeros((300, 300), np.uint8)
    found = "no room for it in ... (No space left on device)"
    with refused("a.tif", found, "free space, or another folder as TMPDIR"):
        reader(tmp_path).field(pixels, pixel_size_um=0.4, source="a.tif")
