"""From a network's logits to a decision: calibrated probabilities, sets of patterns, levels.

Fields and specimens are decided on here, and nothing is trained: calibration on held-out patients
is :mod:`anascope.training.calibration`.

>>> import numpy as np
>>> from anascope.decisions import Judgement, decide
>>> from anascope.words import IntensityScale, PatternSpace
>>> space = PatternSpace(("homogeneous", "nucleolar", "mitochondrial"))
>>> judgement = Judgement(temperature=2.0, limits={"0.8": 0.25})
>>> found = decide(np.array([5.0, 1.0, 0.0]), np.array([2.0]), space, IntensityScale(), judgement)
>>> found.pattern, found.codes, found.intensity
('homogeneous', ('AC-1',), 'positive')
>>> unsure = decide(np.array([1.0, 0.9, -9.0]), np.array([2.0]), space, IntensityScale(), judgement)
>>> unsure.pattern, unsure.pattern_set
('undecided', ('homogeneous', 'nucleolar'))
"""

from anascope.decisions._calibrate import fit_temperature
from anascope.decisions._conformal import fit_limits, pattern_set
from anascope.decisions._decide import (
    NOT_CALIBRATED,
    UNDECIDED,
    Code,
    Decision,
    Probability,
    decide,
    decide_anew,
    decide_together,
)
from anascope.decisions._judgement import Judgement

__all__ = [
    "NOT_CALIBRATED",
    "UNDECIDED",
    "Code",
    "Decision",
    "Judgement",
    "Probability",
    "decide",
    "decide_anew",
    "decide_together",
    "fit_limits",
    "fit_temperature",
    "pattern_set",
]
