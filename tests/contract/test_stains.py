"""What every stain must keep to, whatever it lights up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from anascope.synthetic import I3A, MIVIA, STAINS
from anascope.synthetic.cells import Cell, Habit, Noise, Phase, Tile, draw_cells
from anascope.synthetic.optics import Floats
from anascope.synthetic.stains import Stain
from anascope.words import pattern_named

PIXEL_SIZES = (I3A.pixel_size_um, MIVIA.pixel_size_um)


def cells() -> dict[Phase, Cell]:
    """Return a cell in interphase, and one in each phase of its division."""
    rng = np.random.default_rng(4)
    habit = replace(Habit.draw(rng, MIVIA), mitotic=0.6, per_mm2=2500.0, bare=0.0)
    found = {cell.phase: cell for cell in draw_cells(rng, habit, (200.0, 200.0), 1.0)}
    assert set(found) == set(Phase)
    return found


CELLS = cells()


def tile(phase: Phase, pixel_um: float, seed: int = 0) -> Tile:
    rng = np.random.default_rng(seed)
    cell = CELLS[phase]
    reach = 1.05 * float(max(cell.body.max(), cell.nucleus.max())) + 1
    return Tile.around(cell, reach, pixel_um, Noise(rng, pixel_um), rng)


def painted(stain: Stain, part: str, phase: Phase, pixel_um: float, seed: int = 0) -> Floats:
    light: Floats = getattr(stain, part)(tile(phase, pixel_um, seed))
    return light


def parts() -> list[tuple[str, Phase]]:
    mitosis = [("mitosis", phase) for phase in Phase if phase is not Phase.INTERPHASE]
    return [("nucleus", Phase.INTERPHASE), ("body", Phase.INTERPHASE), *mitosis]


@pytest.fixture(params=STAINS)
def stain(request: pytest.FixtureRequest) -> Stain:
    return STAINS[request.param].draw(np.random.default_rng(1))


@pytest.mark.parametrize(("part", "phase"), parts())
@pytest.mark.parametrize("pixel_um", PIXEL_SIZES)
def test_light_is_finite_not_negative_and_as_large_as_the_tile(
    stain: Stain, part: str, phase: Phase, pixel_um: float
) -> None:
    light = painted(stain, part, phase, pixel_um)
    # Some parts are the same in every column: they are spread when they are added.
    light = np.broadcast_to(light, tile(phase, pixel_um).shape)
    assert np.isfinite(light).all()
    assert light.min() >= 0
    assert light.max() < 20


@pytest.mark.parametrize(("part", "phase"), parts())
def test_the_same_chance_gives_the_same_light(stain: Stain, part: str, phase: Phase) -> None:
    one, same = (painted(stain, part, phase, I3A.pixel_size_um, seed=5) for _ in range(2))
    np.testing.assert_array_equal(one, same)


def test_the_same_chance_gives_the_same_serum(stain: Stain) -> None:
    kind = type(stain)
    assert kind.draw(np.random.default_rng(1)) == stain
    sera = {kind.draw(np.random.default_rng(seed)) for seed in range(5)}
    assert len(sera) == 5


def test_the_nucleus_is_not_lit_far_outside(stain: Stain) -> None:
    if stain.whole_cell:
        return
    place = tile(Phase.INTERPHASE, MIVIA.pixel_size_um)
    light = np.broadcast_to(stain.nucleus(place), place.shape)
    assert light[place.nucleus > 1.3].max(initial=0) < 0.1 * max(float(light.max()), 0.1)


def test_something_shines_in_every_phase(stain: Stain) -> None:
    for phase in set(Phase) - {Phase.INTERPHASE}:
        assert painted(stain, "mitosis", phase, MIVIA.pixel_size_um).max() > 0


def test_the_name_is_a_leaf_of_the_pattern_tree(stain: Stain) -> None:
    node = pattern_named(stain.leaf)
    assert (node.name, node.children) == (stain.leaf, ())


def test_codes_that_can_be_drawn() -> None:
    codes = [pattern_named(leaf).code for leaf in STAINS]
    assert codes == [f"AC-{number}" for number in range(32)]
