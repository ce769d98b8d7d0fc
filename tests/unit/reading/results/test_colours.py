"""Colours of patterns are told apart, with colour-blind eyes too."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

from anascope.reading.results import colour_of
from anascope.words import PATTERN_TREE, all_patterns

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" (2009), severity 1; on linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
SEVEN = (
    "homogeneous", "speckled", "nucleolar", "centromere", "golgi", "nuclear envelope",
    "mitotic spindle",
)  # fmt: skip
MIVIA = (
    "homogeneous", "fine speckled", "coarse speckled", "nucleolar", "centromere", "cytoplasmic",
)  # fmt: skip
ALL = tuple(node.name for node in all_patterns() if node is not PATTERN_TREE)
LEAVES = tuple(node.name for node in all_patterns() if not node.children)
NEIGHBOURS = {
    node.name: tuple(child.name for child in node.children)
    for node in all_patterns()
    if node.children and not any(child.children for child in node.children)
}


def lab(pattern: str, eyes: str) -> NDArray[np.float64]:
    coded = np.array(colour_of(pattern)) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    light = np.clip(SEEN[eyes] @ linear, 0, 1)
    seen = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(seen))


def nearest(patterns: tuple[str, ...], eyes: str) -> tuple[float, str, str]:
    """Return the least distance between two of the patterns, in CIEDE2000, and which they are."""
    places = {name: lab(name, eyes) for name in patterns}
    return min(
        (float(deltaE_ciede2000(places[a], places[b])), a, b) for a, b in combinations(patterns, 2)
    )


# 2.3 is a difference that is just seen side by side.
@pytest.mark.parametrize(
    ("patterns", "whole", "blind"),
    [(ALL, 6, 3), (LEAVES, 7, 4), (SEVEN, 20, 12), (MIVIA, 20, 12)],
    ids=["all", "leaves", "seven", "mivia"],
)
@pytest.mark.parametrize("eyes", SEEN)
def test_no_two_are_alike(patterns: tuple[str, ...], whole: float, blind: float, eyes: str) -> None:
    least = whole if eyes == "all cones" else blind
    assert nearest(patterns, eyes)[0] >= least, nearest(patterns, eyes)


@pytest.mark.parametrize("eyes", SEEN)
@pytest.mark.parametrize("family", NEIGHBOURS)
def test_neighbours_in_the_tree_are_told_apart_best(family: str, eyes: str) -> None:
    assert nearest(NEIGHBOURS[family], eyes)[0] >= 11, nearest(NEIGHBOURS[family], eyes)


@pytest.mark.parametrize("eyes", SEEN)
def test_none_is_white_as_undecided_is(eyes: str) -> None:
    assert min(nearest((each, "undecided"), eyes) for each in ALL)[0] >= 9


@pytest.mark.parametrize("pattern", ALL)
def test_all_are_bright_enough_for_a_black_ground(pattern: str) -> None:
    assert lab(pattern, "all cones")[0] >= 44
