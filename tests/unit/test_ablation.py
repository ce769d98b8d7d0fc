"""What the ablation adds to the recipe: reading mirrored, learning from its own words."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from anascope.models import ModelCard
from anascope.models.engines import Engine, FieldOutput
from anascope.presets import load_preset
from anascope.records import MaskValue
from benchmarks._flips import MirroredEngine
from benchmarks._recipe import SIZE
from benchmarks._self_training import believed
from benchmarks.ablation import (
    BASE,
    FLIPPED,
    ONE,
    SEEDS,
    SELF_TRAINED,
    TWO,
    VARIANTS,
    base_of,
    run_name,
)


class Corner(Engine):
    """Sees the image as mask and places, and names its upper left pixel."""

    card = cast(ModelCard, None)
    name = "corner"
    stride = 1

    def run(self, signal: NDArray[np.float32], ranges: tuple[float, float]) -> FieldOutput:
        return FieldOutput(signal, signal[0, :1], signal[0, :1], signal[np.newaxis], self.stride)


def test_mirror_images_are_turned_back_and_averaged() -> None:
    signal = np.array([[1, 2, 3], [4, 5, 10]], np.float32)
    said = MirroredEngine(Corner()).run(signal, (0.0, 1.0))
    assert said.mask.tolist() == signal.tolist()
    assert said.places is not None
    assert said.places.tolist() == [signal.tolist()]
    assert said.pattern.tolist() == said.intensity.tolist() == [(1 + 4 + 3 + 10) / 4]


def test_only_what_it_is_sure_of_is_believed() -> None:
    cell = np.array([[0.0, 0.2, 0.3], [0.5, 0.8, 1.0]], np.float32)
    unknown = int(MaskValue.UNKNOWN)
    background, found = int(MaskValue.BACKGROUND), int(MaskValue.CELL)
    assert believed(cell, np.zeros((2, 3), np.uint8)).tolist() == [
        [background, background, unknown],
        [unknown, found, found],
    ]


def test_every_variant_is_a_preset_in_a_folder_of_its_own() -> None:
    base = {**BASE, "network.imagenet_weights": "weights.pth"}
    for changes in VARIANTS.values():
        assert load_preset(SIZE, {**base, **changes}) != load_preset(SIZE, base)
    names = [*SEEDS, FLIPPED, SELF_TRAINED, *VARIANTS]
    assert len({run_name(name) for name in names}) == len(names)


def test_a_variant_is_compared_with_the_base_of_its_seed() -> None:
    seeds = {name: changes.get("training.seed") for name, changes in SEEDS.items()}
    for name, changes in VARIANTS.items():
        assert seeds[base_of(name)] == changes.get("training.seed")
    assert {base_of(name) for name in VARIANTS} == {ONE, TWO}
    assert base_of(FLIPPED) == base_of(SELF_TRAINED) == ONE
