"""A range of microscopes: one for each specimen, from a seed, and none near those avoided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anascope.synthetic import (
    I3A,
    MIVIA,
    Drawing,
    Microscope,
    Microscopes,
    Population,
    laboratory_named,
    near,
)
from tests.refusals import refused
from tests.unit.synthetic.few_microscopes import FEW

ANY = laboratory_named("any").optics


def drawn(count: int, microscopes: Microscope | Microscopes = ANY) -> list[Microscope]:
    assert isinstance(microscopes, Microscopes)
    return [microscopes.draw(np.random.default_rng([5, seed])) for seed in range(count)]


def written(folder: Path, **changes: Any) -> str:
    """Write a laboratory with a range; JSON is YAML."""
    patients = {"golgi": {"positive": 1}}
    content = {"description": "Few", "microscopes": FEW | changes, "patients": patients}
    path = folder / "few.yaml"
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def test_the_same_seed_draws_the_same_microscope_and_another_seed_another() -> None:
    assert drawn(5) == drawn(5)
    assert len({microscope.name for microscope in drawn(50)}) == 50


def test_every_value_keeps_to_its_range_and_uses_most_of_it() -> None:
    assert isinstance(ANY, Microscopes)
    microscopes = drawn(400)
    for name, values in {**ANY.values, "pixel_size_um": ANY.pixel_size_um}.items():
        low, high = values.between
        found = np.array([np.ravel(getattr(one, name))[0] for one in microscopes], float)
        if name == "jpeg_quality":  # 0 with more than 8 bits, too
            found = found[found > 0]
        elif values.absent:
            assert np.mean(found == 0) == pytest.approx(values.absent, abs=0.1), name
            found = found[found != 0]
        assert low - 1e-9 <= found.min(), name
        assert found.max() <= high + 1e-9, name
        assert np.ptp(found) > 0.7 * (high - low), name
    for name, weights in ANY.choices.items():
        seen = {getattr(microscope, name) for microscope in microscopes}
        assert seen == set(weights), name


def test_pixel_size_objective_and_sensor_fit_each_other() -> None:
    for microscope in drawn(200):
        assert 0.1 <= microscope.pixel_size_um <= 0.7
        assert 2.2 <= microscope.camera_pixel_um <= 13.5 * 1.001
        assert 256 <= microscope.shape[0] <= 1400
        if 256 < microscope.shape[0] < 1400:
            assert 129 <= microscope.shape[0] * microscope.pixel_size_um <= 301
        assert microscope.bits == 8 or microscope.jpeg_quality == 0


def test_none_is_near_one_that_is_avoided() -> None:
    assert isinstance(ANY, Microscopes)
    assert any(near(microscope, MIVIA) for microscope in drawn(100))
    assert any(near(microscope, I3A) for microscope in drawn(100))
    kept = drawn(100, ANY.away_from(MIVIA, I3A))
    assert not any(near(one, MIVIA) or near(one, I3A) for one in kept)
    for microscope in kept:
        ratio = microscope.pixel_size_um / np.array([MIVIA.pixel_size_um, I3A.pixel_size_um])
        assert np.maximum(ratio, 1 / ratio).min() >= 1.25


def test_near_is_a_question_of_pixels_or_else_of_aperture_and_nuclei() -> None:
    def one(pixel_um: float, aperture: float, nucleus_um: float) -> Microscope:
        return Microscope(
            name="one",
            magnification=10,
            camera_pixel_um=10 * pixel_um,
            numerical_aperture=aperture,
            nucleus_um=nucleus_um,
        )

    this = one(0.3, 0.8, 12)
    assert near(this, this)
    assert near(this, one(0.37, 0.3, 18))
    assert not near(this, one(0.38, 0.3, 12))
    assert not near(this, one(0.38, 0.8, 15))
    assert near(this, one(0.6, 0.75, 12.5))


def test_ranges_that_leave_nothing_are_refused(tmp_path: Path) -> None:
    microscopes = laboratory_named(written(tmp_path)).optics
    assert isinstance(microscopes, Microscopes)
    population = Population.even(["golgi"], ["positive"])
    with refused("microscopes few", "microscopes that are all near i3a", "ranges that leave ..."):
        Drawing(population, microscopes.away_from(I3A))


def test_what_is_set_for_all_is_so_whatever_is_drawn() -> None:
    assert isinstance(ANY, Microscopes)
    fixed = drawn(20, ANY.replaced(bits=16, shape=(30, 40)).replaced(border_level=48.0))
    assert {(one.bits, one.shape, one.border_level) for one in fixed} == {(16, (30, 40), 48.0)}
    assert {one.jpeg_quality for one in fixed} == {0}
    assert len({one.pixel_size_um for one in fixed}) == 20


def test_a_file_can_set_what_all_have(tmp_path: Path) -> None:
    always = {"shape": [30, 40], "glare": 0.2}
    optics = laboratory_named(written(tmp_path, always=always)).optics
    assert {(one.shape, one.glare) for one in drawn(5, optics)} == {((30, 40), 0.2)}
    with refused("...", "unknown value 'glar'", "one of ... (did you mean 'glare'?)"):
        laboratory_named(written(tmp_path, always={"glar": 0.2}))


def test_a_laboratory_has_one_microscope_or_a_range(tmp_path: Path) -> None:
    laboratory = laboratory_named(written(tmp_path))
    assert isinstance(laboratory.optics, Microscopes)
    with refused("Few", "a range of microscopes", "one microscope"):
        _ = laboratory.microscope
    assert laboratory_named("i3a").optics == I3A


@pytest.mark.parametrize(
    ("changes", "where", "found", "expected"),
    [
        (
            {"values": {"glar": {"between": [0, 1]}}},
            "microscopes.values",
            "unknown value 'glar'",
            "one of ... (did you mean 'glare'?)",
        ),
        (
            {"values": {"magnification": {"between": [10, 20]}}},
            "microscopes.values",
            "unknown value 'magnification'",
            "one of ...",
        ),
        (
            {"values": {"glare": {"between": [-0.5, 1]}}},
            "microscopes.values",
            "glare -0.5",
            "greater than or equal to 0",
        ),
        (
            {"values": {"gamma": {"between": [0.5, 1], "absent": 0.5}}},
            "microscopes.values",
            "gamma 0.0",
            "greater than 0",
        ),
        (
            {"values": {"glare": {"between": [0, 1], "log": True}}},
            "microscopes.values.glare",
            "a logarithm between 0 and 1",
            "limits over 0 and no 'beta'",
        ),
        (
            {"choices": {"colours": {"blue": 1}}},
            "microscopes.choices",
            "colours 'blue'",
            "'grey', 'green' or 'green and red'",
        ),
        (
            {"pixel_size_um": {"between": [0.05, 0.4]}},
            "microscopes",
            "no objective for pixels of 0.05 µm",
            "one at least",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    tmp_path: Path, changes: dict[str, Any], where: str, found: str, expected: str
) -> None:
    path = written(tmp_path, **changes)
    with refused(f"{path}, {where}", found, expected):
        laboratory_named(path)
