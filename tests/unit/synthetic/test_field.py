"""Drawn fields: the same for the same seed, true to their masks, telling labels apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.metrics import roc_auc_score

from anascope.errors import InputError
from anascope.records import MaskValue
from anascope.synthetic import PATTERNS, DrawnField, draw_field
from anascope.words import pattern_named

SHAPE = (195, 260)
EIGHT_NEIGHBOURS = np.ones((3, 3))


def drawn(
    seed: int, pattern: str = "speckled", intensity: str = "positive", diameter: float = 40.0
) -> DrawnField:
    rng = np.random.default_rng(seed)
    return draw_field(rng, pattern, intensity, SHAPE, cell_diameter=diameter)


def cells(field: DrawnField) -> NDArray[np.bool_]:
    return np.asarray(field.mask == MaskValue.CELL)


def coefficient_of_variation(field: DrawnField) -> float:
    """Return how uneven the nuclei are, seen without the noise of single pixels."""
    smooth = ndimage.gaussian_filter(field.image.astype(float), 1.0)
    inside = smooth[ndimage.binary_erosion(cells(field), iterations=3)]
    return float(inside.std() / inside.mean())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_same_seed_same_pixels(pattern: str) -> None:
    one, same, other = drawn(3, pattern), drawn(3, pattern), drawn(4, pattern)
    assert (one.image == same.image).all()
    assert (one.mask == same.mask).all()
    assert (one.image != other.image).any()


@pytest.mark.parametrize("shape", [SHAPE, (520, 694), (33, 71), (8, 8)])
def test_size_and_type_are_as_asked(shape: tuple[int, int]) -> None:
    field = draw_field(np.random.default_rng(0), "nucleolar", "intermediate", shape)
    assert field.image.shape == field.mask.shape == shape
    assert field.image.dtype == field.mask.dtype == np.uint8
    assert set(np.unique(field.mask)) <= {MaskValue.BACKGROUND, MaskValue.CELL}
    assert cells(field).any()


@pytest.mark.parametrize("intensity", ["intermediate", "positive"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_cell_is_brighter_than_what_is_round_it(pattern: str, intensity: str) -> None:
    field = drawn(5, pattern, intensity)
    pieces, count = ndimage.label(cells(field), structure=EIGHT_NEIGHBOURS)
    whole = [piece for piece in range(1, count + 1) if (pieces == piece).sum() > 100]
    background = np.median(field.image[~cells(field)])
    assert len(whole) > 3
    for piece in whole:
        assert field.image[pieces == piece].mean() > 1.5 * background


def test_cells_have_the_size_that_is_asked_for() -> None:
    for diameter in (20.0, 40.0):
        field = drawn(6, diameter=diameter)
        pieces, count = ndimage.label(cells(field), structure=EIGHT_NEIGHBOURS)
        areas = np.bincount(pieces.ravel())[1:]
        assert count > 5
        # Pieces cut by the border are smaller and cells that touch are one piece.
        assert np.median(areas) == pytest.approx(np.pi / 4 * diameter**2, rel=0.35)


def test_some_cells_are_cut_by_the_border_and_some_are_not() -> None:
    pieces, count = ndimage.label(cells(drawn(7)), structure=EIGHT_NEIGHBOURS)
    edges = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    cut = len(set(edges[edges > 0]))
    assert 0 < cut < count


@pytest.mark.parametrize("pattern", PATTERNS)
def test_brightness_tells_the_intensity_with_a_mild_overlap(pattern: str) -> None:
    fields = [(n % 2, drawn(n, pattern, ("intermediate", "positive")[n % 2])) for n in range(40)]
    brightness = [np.percentile(field.image[cells(field)], 95) for _, field in fields]
    positive = [level for level, _ in fields]
    assert roc_auc_score(positive, brightness) > 0.95
    darkest = min(b for b, level in zip(brightness, positive, strict=True) if level)
    brightest = max(b for b, level in zip(brightness, positive, strict=True) if not level)
    assert darkest < 1.3 * brightest


def test_texture_tells_even_patterns_from_uneven_ones() -> None:
    unevenness = {
        pattern: np.array([coefficient_of_variation(drawn(n, pattern)) for n in range(4)])
        for pattern in PATTERNS
    }
    assert unevenness["homogeneous"].max() < unevenness["speckled"].min()
    assert unevenness["speckled"].max() < unevenness["nucleolar"].min()


def test_patterns_are_words_of_the_vocabulary() -> None:
    assert [pattern_named(name).name for name in PATTERNS] == list(PATTERNS)


@pytest.mark.parametrize(
    ("pattern", "intensity", "message"),
    [
        ("centromer", "positive", "did you mean 'centromere'"),
        ("golgi", "positive", "one of homogeneous, speckled"),
        ("speckled", "negative", "one of intermediate, positive"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pattern: str, intensity: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        drawn(0, pattern, intensity)
