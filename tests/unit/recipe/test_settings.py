"""Recipes in YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.presets import load_preset
from anascope.recipe import (
    DRAWN,
    FIELDS,
    MIVIA,
    MOSAICS,
    Sets,
    drawing_of,
    recipe_named,
    recipe_names,
    sets_in,
)
from anascope.synthetic import I3A, Microscopes, near
from anascope.synthetic import MIVIA as MIVIA_MICROSCOPE
from tests.refusals import refused
from tests.unit.recipe.small_recipe import write_recipe


@pytest.mark.parametrize("name", recipe_names())
def test_shipped_recipes_change_keys_that_presets_have(name: str) -> None:
    recipe = recipe_named(name)
    for changes in (recipe.first, recipe.then):
        assert load_preset(recipe.preset, changes) != load_preset(recipe.preset)
    assert set(recipe.shares) == {MIVIA, MOSAICS, FIELDS, DRAWN}


def test_no_drawn_microscope_of_the_shipped_recipe_is_near_a_laboratory_that_is_tested() -> None:
    settings = recipe_named("s").drawn
    for specimens in settings.rounds:
        drawing = drawing_of(settings, specimens)
        assert isinstance(drawing.microscope, Microscopes)
        for patient in range(40):
            drawn = drawing.microscope_of(patient)
            assert not near(drawn, MIVIA_MICROSCOPE)
            assert not near(drawn, I3A)
            assert drawn.border_level == MIVIA_MICROSCOPE.border_level


def test_no_two_rounds_draw_the_same_specimens() -> None:
    rounds = recipe_named("s").drawn.rounds
    assert len({each.seed for each in rounds}) == len(rounds)


def test_a_recipe_of_ones_own_is_read_strictly(tmp_path: Path) -> None:
    path = write_recipe(tmp_path)
    assert [each.patients for each in recipe_named(str(path)).drawn.rounds] == [3, 2]
    path.write_text(path.read_text().replace("then:", "than:"), encoding="utf-8")
    with refused("...", "unknown key 'than'", "..."):
        recipe_named(str(path))
    with refused("recipe", "'t'", "..."):
        recipe_named("t")


def test_one_microscope_is_no_range_of_laboratories() -> None:
    settings = recipe_named("s").drawn.model_copy(update={"like": "mivia"})
    with refused("mivia", "one microscope", "..."):
        drawing_of(settings, settings.rounds[0])


def test_a_folder_without_sets_and_a_set_of_another_name_are_refused(tmp_path: Path) -> None:
    with refused(tmp_path, "none of the sets", "..."):
        sets_in(tmp_path)
    with refused("set", "'mivi'", "..."):
        Sets({"mivi": tmp_path}, recipe_named("s").drawn, tmp_path)


def test_a_set_that_was_not_given_is_named(tmp_path: Path) -> None:
    sets = Sets({MIVIA: tmp_path}, recipe_named("s").drawn, tmp_path)
    with refused("recipe", "no set 'i3a-fields'", "..."):
        sets.real(FIELDS)
