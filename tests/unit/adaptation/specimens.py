"""What networks could say of specimens, without a network."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anascope.decisions import Judgement
from anascope.models import ModelCard
from anascope.presets import load_preset

PATTERNS = ("homogeneous", "golgi", "centromere", "mitochondrial")
LEVELS = ("intermediate", "positive")


def card_with(judgement: Judgement | None = None) -> ModelCard:
    """Return the card of a network of four patterns."""
    return ModelCard(
        preset=load_preset("tiny"),
        patterns=PATTERNS,
        intensities=LEVELS,
        judgement=judgement or Judgement(),
    )


def predicted(
    count: int, *, right: float, sure: float, border: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    """Return rows of specimens, as a network says them.

    Args:
        count: How many.
        right: Share of the patterns that are named right.
        sure: Logit of the pattern that is named; the others have 0.
        border: The logit over which people call an intensity positive.
        seed: Of who is named wrong.
    """
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % len(PATTERNS)
    wrong = np.zeros(count, bool)
    wrong[rng.permutation(count)[: round((1 - right) * count)]] = True
    named = np.where(wrong, (truth + 1) % len(PATTERNS), truth)
    bright = rng.permutation(np.linspace(-4, 4, count))
    logits = {
        f"logit_{name}": np.where(named == place, sure, 0.0) + rng.normal(0, 0.1, count)
        for place, name in enumerate(PATTERNS)
    }
    return pd.DataFrame(
        {
            "patient": [f"p{number}" for number in range(count)],
            "specimen": [f"p{number}" for number in range(count)],
            "pattern": np.array(PATTERNS)[truth],
            "intensity": np.where(bright > border, "positive", "intermediate"),
            **logits,
            "logit_above_intermediate": bright,
        }
    )
