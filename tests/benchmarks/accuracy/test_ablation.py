"""The variants of the ablation, and what is made of their tables."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from anascope.files import write_json
from anascope.presets import load_preset
from anascope.recipe import recipe_named
from benchmarks.accuracy.ablation import (
    FIRST,
    LEFT_OUT,
    SHORT,
    SHORT_FIRST,
    STEPS,
    VARIANTS,
    gains,
    refuse_another_start,
    run_name,
)
from tests.refusals import refused


def test_every_variant_is_a_recipe_of_its_own_in_a_folder_of_its_own() -> None:
    recipe = recipe_named("s")
    base = {**recipe.then, **SHORT}
    for variant in VARIANTS.values():
        preset = load_preset(recipe.preset, {**base, **variant.then})
        changed = preset != load_preset(recipe.preset, base)
        other_shares = variant.shares not in (None, recipe.shares)
        other_mean = variant.trained_share not in (None, recipe.trained_share)
        assert changed or other_shares or other_mean or variant.even not in (None, recipe.even)
        assert variant.shares is None or set(variant.shares) == set(recipe.shares)
    first = {**recipe.first, **SHORT_FIRST}
    presets = [load_preset(recipe.preset, {**first, **each.first}) for each in FIRST.values()]
    assert all(a != b for a, b in combinations(presets, 2))
    names = [name for variants in STEPS.values() for name in variants]
    assert len({run_name(name) for name in names}) == len(names)


def test_gains_are_paired_by_specimen_whatever_their_order() -> None:
    sets = list(LEFT_OUT.values())
    base = pd.DataFrame(
        {"set": sets * 3, "specimen": [1, 1, 2, 2, 3, 3], "pattern": [1.0, 1, 0, 1, 1, 0]}
    )
    base["cell_pattern"] = base["dice"] = base["pattern"]
    other = base.iloc[::-1].assign(pattern=1.0).reset_index(drop=True)
    found = gains({"base": base, "other": other})
    for of_set in sets:
        gain = found["other"][of_set]["pattern"]
        assert gain["mean"] == 1
        assert gain["gain_over_base"]["mean"] == pytest.approx(1 / 3)
        assert found["other"][of_set]["dice"]["gain_over_base"]["mean"] == 0


def test_what_was_not_measured_has_no_gain() -> None:
    sets = list(LEFT_OUT.values())
    base = pd.DataFrame({"set": sets * 2, "specimen": [1, 1, 2, 2], "pattern": [1.0, 1, 0, 1]})
    base["cell_pattern"] = base["dice"] = base["pattern"]
    found = gains({"base": base, "together": base[["set", "specimen", "pattern"]]})
    assert {tuple(found["together"][of_set]) for of_set in sets} == {("pattern",)}


def test_variants_of_another_network_are_not_compared(tmp_path: Path) -> None:
    refuse_another_start(tmp_path, "a")
    path = tmp_path / "ablation.json"
    write_json(path, {"settings": {"start": "a"}})
    refuse_another_start(tmp_path, "a")
    with refused(path, "variants of another network", "the one with weights b"):
        refuse_another_start(tmp_path, "b")
