"""What a reading proposes to a reader."""

from __future__ import annotations

from anascope.desk.review._finding import Finding, Verdict
from anascope.desk.worklist import ReadSpecimen
from anascope.words import NEGATIVE


def proposed(read: ReadSpecimen) -> Finding | None:
    """Return a reading as a finding, for a reader to agree with or to correct.

    Returns:
        None if the reading leaves the pattern open: that is for the reader to say.
    """
    decision = read.specimen.decision
    if decision is None:
        return Finding(Verdict.NOT_EVALUABLE)
    if not decision.present:
        return None
    if decision.present == (NEGATIVE,):
        return Finding(Verdict.NEGATIVE)
    # An intensity of "negative" beside a pattern is no finding; which of the two is right is open.
    intensity = None if decision.intensity == NEGATIVE else decision.intensity
    return Finding(Verdict.PATTERNS, decision.present, intensity)
