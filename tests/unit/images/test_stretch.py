"""Contrast as pictures show it."""

from __future__ import annotations

import numpy as np

from anascope.images import stretched


def test_stretched_as_the_rule_says() -> None:
    levels = np.random.default_rng(1).integers(20, 200, (100, 150))
    low, high = np.percentile(levels, (1, 99.7))
    wanted = 255 * np.clip((levels - low) / (high - low), 0, 1) ** 0.7
    assert np.abs(stretched(levels.astype(np.uint8)) - wanted).max() < 3
    assert np.abs(stretched((levels * 250).astype(np.uint16)) - wanted).max() < 3
    assert stretched(np.full((4, 5), 7, np.uint8)).max() == 0
