"""A small table of predictions whose scores are worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from anascope.words import PatternSpace, Vocabulary

_COLUMNS = [
    *("patient", "specimen", "field", "patch", "tp", "fp", "fn", "tn"),
    *("p_pattern_homogeneous", "p_pattern_fine speckled", "p_pattern_coarse speckled"),
    *("p_above_intermediate", "pattern", "intensity"),
]
_ROWS = [
    ("p1", "s1", "f1", 0, 4, 0, 0, 4, 0.8, 0.1, 0.1, 0.9, "homogeneous", "positive"),
    ("p1", "s1", "f1", 1, 2, 2, 2, 2, 0.1, 0.6, 0.3, 0.7, "homogeneous", "positive"),
    ("p1", "s1", "f2", 0, 0, 0, 0, 8, 0.2, 0.5, 0.3, 0.2, None, "positive"),
    ("p2", "s2", "f3", 0, 0, 0, 0, 0, 0.3, 0.1, 0.6, 0.4, "speckled", "intermediate"),
    ("p2", "s2", "f3", 1, 0, 0, 0, 0, 0.4, 0.3, 0.3, 0.1, "speckled", "intermediate"),
    ("p3", "s2", "f4", 0, 0, 1, 3, 4, 0.1, 0.2, 0.7, 0.6, "fine speckled", None),
]


@pytest.fixture
def vocabulary() -> Vocabulary:
    """Three classes, two of which are "speckled", and the two levels of the published study."""
    return Vocabulary(PatternSpace(("homogeneous", "fine speckled", "coarse speckled")))


@pytest.fixture
def patches() -> pd.DataFrame:
    """Six patches of four fields; two patients have a specimen of the same name."""
    return pd.DataFrame(_ROWS, columns=_COLUMNS)
