"""One field: what is asked of it before it is read, and what is said of what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.errors import InputError
from anascope.models import save_model
from anascope.presets import ImagePreset
from anascope.reading import Reader, WhyNot, _pixel_size
from anascope.reading.batch import ReaderSettings
from anascope.synthetic import MIVIA, draw_field, draw_specimen
from tests.refusals import refused
from tests.unit.models.engines.test_engines import model
from tests.unit.reading.scale.estimates import estimated

FIELD = np.random.default_rng(2).integers(0, 256, (150, 200), dtype=np.uint8)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Return a reader whose network wants fields at 0.5 µm a pixel."""
    path = tmp_path_factory.mktemp("model")
    views = ["log", "field", "local"]
    save_model(path, model("dense", pixel_size_um=0.5, scale=1.0, views=views))
    return Reader(path, engine="torch")


def refusal(reader: Reader, pixels: np.ndarray, size_um: float | None) -> tuple[str, str, str]:
    with pytest.raises(InputError) as caught:
        reader.field(pixels, pixel_size_um=size_um, source="a.tif")
    return caught.value.where, caught.value.found, caught.value.expected


def test_a_field_is_read(reader: Reader) -> None:
    reading, arrays = reader.field(FIELD, pixel_size_um=0.5)
    assert arrays.mask.shape == arrays.labels.shape == (150, 200)
    assert list(reading.seconds) == ["scale", "prepare", "network", "cells"]
    assert all(took > 0 for took in reading.seconds.values())


def test_a_pixel_size_that_nobody_says_is_estimated(reader: Reader) -> None:
    specimen = draw_specimen(np.random.default_rng(1), "homogeneous", "positive", MIVIA)
    pixels = draw_field(np.random.default_rng(2), specimen, (500, 600)).image
    estimated, _ = reader.field(pixels)
    assert estimated.pixel_size_um == pytest.approx(MIVIA.pixel_size_um, rel=0.3)
    assert estimated.pixel_size_error is not None
    given, _ = reader.field(pixels, pixel_size_um=estimated.pixel_size_um)
    assert given.pixel_size_error is None
    assert given.cells == estimated.cells
    assert given.decision == estimated.decision


def test_a_field_whose_pixel_size_cannot_be_had_is_not_evaluable(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pixel_size, "estimate_pixel_size", lambda _: estimated(0.3, 1.2))
    reading, arrays = reader.field(FIELD)
    assert reading.evaluability.reason is WhyNot.NO_SCALE
    assert reading.evaluability.limit == 60
    assert reading.decision is None
    assert reading.cells == ()
    assert reading.pixel_size_um is None
    assert arrays.labels.shape == arrays.mask.shape == FIELD.shape
    specimen = reader.specimen("S", [reading])
    assert specimen.decision is None
    assert specimen.not_evaluable == {"field": WhyNot.NO_SCALE}


def test_of_a_black_field_it_is_told_that_it_is_black(reader: Reader) -> None:
    """Not that its pixel size is not known, which would help nobody."""
    reading, _ = reader.field(np.zeros_like(FIELD))
    assert reading.evaluability.reason is WhyNot.TOO_DARK


def test_a_refusal_by_an_estimated_size_says_that_it_was_estimated(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pixel_size, "estimate_pixel_size", lambda _: estimated(0.05))
    found = "200×150 pixels (pixel size estimated as 0.051 µm)"
    wanted = ("a.tif", found, "at least 317×317 at this pixel size")
    assert refusal(reader, FIELD, None) == wanted


@pytest.mark.parametrize(
    ("size_um", "found"),
    [(0.0, "0"), (-0.5, "-0.5"), (float("nan"), "nan"), (float("inf"), "inf"), (353, "353")],
)
def test_a_pixel_size_that_no_microscope_has_is_not_a_missing_one(
    reader: Reader, size_um: float, found: str
) -> None:
    wanted = ("a.tif", f"{found} µm a pixel", "0.01 to 10 micrometres")
    assert refusal(reader, FIELD, size_um) == wanted


def test_another_error_of_the_scale_is_told_as_it_is(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: ImagePreset, size_um: float | None, where: str) -> float:
        raise InputError(where, "a scale of 9", "less")

    monkeypatch.setattr(ImagePreset, "scale_of", refuse)
    assert refusal(reader, FIELD, 0.5) == ("a.tif", "a scale of 9", "less")


def test_a_field_that_is_too_small_for_the_network_is_refused(reader: Reader) -> None:
    """Two places of the embedding are 32 pixels at 0.5 µm."""
    assert refusal(reader, FIELD[:63], 0.25) == (
        "a.tif",
        "200×63 pixels",
        "at least 64×64 at this pixel size",
    )
    reader.field(FIELD[:64], pixel_size_um=0.25)


@pytest.mark.parametrize("pixels", [FIELD / 255, FIELD[None], FIELD.astype(np.int16)])
def test_arrays_of_other_kinds_are_refused(reader: Reader, pixels: np.ndarray) -> None:
    found = f"an array of shape {pixels.shape} and type {pixels.dtype}"
    wanted = ("a.tif", found, "grey levels (y, x), uint8 or uint16")
    assert refusal(reader, pixels, 0.5) == wanted


def test_numbers_out_of_range_are_named_as_arguments() -> None:
    with pytest.raises(InputError, match="coverage: 1; expected a number between 0 and 1"):
        Reader(coverage=1)
    with pytest.raises(InputError, match=r"pixel_size_um: 0 µm a pixel; expected 0\.01"):
        Reader(pixel_size_um=0)


@pytest.mark.parametrize("threads", [0, -1, 100_000])
def test_threads_that_cannot_be_are_refused(threads: int) -> None:
    for start in (Reader, lambda **given: ReaderSettings(**given).reader()):
        with refused("threads", str(threads), "1 to ..."):
            start(threads=threads)
