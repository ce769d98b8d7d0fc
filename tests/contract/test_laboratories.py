"""What every shipped laboratory must keep to, whatever its microscopes are."""

from __future__ import annotations

import numpy as np
import pytest

from anascope.records import MaskValue
from anascope.synthetic import (
    STAINS,
    Drawing,
    Laboratory,
    Microscope,
    Population,
    laboratory_named,
    laboratory_names,
)
from anascope.words import pattern_named

FIELDS = 2


@pytest.fixture(params=laboratory_names())
def laboratory(request: pytest.FixtureRequest) -> Laboratory:
    return laboratory_named(request.param)


def drawing(laboratory: Laboratory, seed: int = 3) -> Drawing:
    population = Population.even(["homogeneous", "negative"], ["positive"], fields=FIELDS)
    return Drawing(population, laboratory.optics, seed, laboratory.stains, laboratory.titres)


def test_its_microscopes_can_be_asked_for_by_patient(laboratory: Laboratory) -> None:
    made = drawing(laboratory)
    microscopes = [made.microscope_of(patient) for patient in range(20)]
    assert microscopes == [drawing(laboratory).microscope_of(patient) for patient in range(20)]
    one = isinstance(laboratory.optics, Microscope)
    assert len({microscope.name for microscope in microscopes}) == (1 if one else 20)
    for microscope in microscopes:
        assert 0.05 < microscope.pixel_size_um < 1
        assert microscope.background[0] <= microscope.background[1]


def test_a_field_is_of_the_shape_and_depth_of_its_microscope(laboratory: Laboratory) -> None:
    made = drawing(laboratory)
    planned = next(iter(made.population.fields()))
    microscope = made.microscope_of(planned.patient)
    drawn = made.field(planned)
    assert drawn.image.shape == drawn.instances.shape == drawn.mask.shape == microscope.shape
    assert drawn.image.dtype == (np.uint8 if microscope.bits == 8 else np.uint16)
    np.testing.assert_array_equal(drawn.mask == MaskValue.BACKGROUND, drawn.instances == 0)
    assert drawn.cells
    assert drawn.image[drawn.instances > 0].mean() > drawn.image[drawn.instances == 0].mean()


def test_its_patients_are_of_patterns_that_can_be_drawn(laboratory: Laboratory) -> None:
    leaves = {leaf for label in laboratory.labels for leaf in label[0].split("+")}
    for name in leaves:
        assert {leaf.name for leaf in pattern_named(name).leaves} & set(STAINS)


def test_any_has_every_pattern_that_can_be_drawn() -> None:
    drawn = {pattern for pattern, _ in laboratory_named("any").labels if "+" not in pattern}
    assert drawn == set(STAINS)
