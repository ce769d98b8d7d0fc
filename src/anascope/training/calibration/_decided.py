"""Decisions on specimens whose logits are at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anascope.decisions import Decision, Judgement, decide
from anascope.models import ModelCard
from anascope.training.calibration._judgement import (
    CHROMATIN_TOLD,
    MIXED_LOGIT,
    pattern_columns,
)


def decisions_on(rows: pd.DataFrame, card: ModelCard, judgement: Judgement) -> list[Decision]:
    """Return the decision on each specimen, as a reading makes it.

    Args:
        rows: As :meth:`~anascope.training.calibration.HeldOut.rows` gives them.
        card: The card of the networks.
        judgement: How their logits become decisions.
    """
    heads = card.heads
    patterns = pattern_columns(card)
    levels = [f"logit_above_{level}" for level in card.intensities[:-1]]
    logits, graded = (rows[names].to_numpy(np.float64) for names in (patterns, levels))
    mixed = rows[[MIXED_LOGIT]].to_numpy(np.float64) if heads.mixture else None
    dividing = rows[list(CHROMATIN_TOLD)].to_numpy(np.float64) if heads.cells else None
    return [
        decide(
            logits[index] if heads.pattern else None,
            graded[index] if heads.intensity else None,
            card.pattern_space,
            card.intensity_scale,
            judgement,
            mixture=None if mixed is None else mixed[index],
            chromatin=None if dividing is None else (dividing[index, 0], dividing[index, 1]),
        )
        for index in range(len(rows))
    ]
