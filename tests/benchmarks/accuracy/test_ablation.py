"""The variants of the ablation, and what each is compared with."""

from __future__ import annotations

from anascope.presets import load_preset
from anascope.recipe import SIZE
from benchmarks.accuracy.ablation import (
    BASE,
    ONE,
    SEEDS,
    TWO,
    VARIANTS,
    base_of,
    run_name,
)


def test_every_variant_is_a_preset_in_a_folder_of_its_own() -> None:
    base = {**BASE, "network.imagenet_weights": "weights.pth"}
    for changes in VARIANTS.values():
        assert load_preset(SIZE, {**base, **changes}) != load_preset(SIZE, base)
    names = [*SEEDS, *VARIANTS]
    assert len({run_name(name) for name in names}) == len(names)


def test_a_variant_is_compared_with_the_base_of_its_seed() -> None:
    seeds = {name: changes.get("training.seed") for name, changes in SEEDS.items()}
    for name, changes in VARIANTS.items():
        assert seeds[base_of(name)] == changes.get("training.seed")
    assert {base_of(name) for name in VARIANTS} == {ONE, TWO}
