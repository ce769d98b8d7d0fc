"""From a network's logits to a decision: calibrated probabilities, sets of patterns, levels.

This package decides on fields and specimens, and trains nothing;
:mod:`anascope.training.calibration` calibrates on held-out patients.

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

A serum that shows two patterns, with a network that predicts this:

>>> judgement = Judgement(limits={"0.8": 0.25}, mixture_cutoff=0.7)
>>> logits = np.array([3.0, 2.8, -9.0]), np.array([2.0])
>>> mixed = decide(*logits, space, IntensityScale(), judgement, mixture=np.array([1.5]))
>>> mixed.pattern, mixed.codes, mixed.present
('homogeneous + nucleolar', ('AC-1', 'AC-8', 'AC-9', 'AC-10'), ('homogeneous', 'nucleolar'))
"""

from anascope.decisions._border import fit_border
from anascope.decisions._calibrate import fit_temperature
from anascope.decisions._chromatin import ChromatinVote, fit_chromatin_vote
from anascope.decisions._conformal import fit_limits, pattern_set
from anascope.decisions._cutoffs import fit_mixture_cutoff, fit_negative_cutoff
from anascope.decisions._decide import decide, decide_anew, decide_together
from anascope.decisions._decision import (
    AND,
    NOT_CALIBRATED,
    UNDECIDED,
    Code,
    Decision,
    Probability,
)
from anascope.decisions._judgement import NEVER, Judgement

__all__ = [
    "AND",
    "NEVER",
    "NOT_CALIBRATED",
    "UNDECIDED",
    "ChromatinVote",
    "Code",
    "Decision",
    "Judgement",
    "Probability",
    "decide",
    "decide_anew",
    "decide_together",
    "fit_border",
    "fit_chromatin_vote",
    "fit_limits",
    "fit_mixture_cutoff",
    "fit_negative_cutoff",
    "fit_temperature",
    "pattern_set",
]
