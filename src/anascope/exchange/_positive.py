"""Whether a specimen is positive."""

from __future__ import annotations

from anascope.decisions import Decision
from anascope.words import NEGATIVE


def is_positive(decision: Decision) -> tuple[bool | None, float | None]:
    """Return whether a specimen is positive, and how probable that is.

    It is negative where the intensity is, or where the pattern is. Where both can be told and
    they disagree it is left open; the probability is then the mean of both.

    Args:
        decision: Of the specimen.

    Returns:
        Whether, or None if that is left open; and the probability, or None if the model tells
        neither a negative intensity nor a negative pattern.
    """
    answers, probabilities = [], []
    if NEGATIVE in decision.intensities:
        answers.append(decision.intensity != NEGATIVE)
        probabilities.append(1 - decision.intensities[NEGATIVE])
    if NEGATIVE in decision.patterns:
        answers.append(decision.pattern != NEGATIVE)
        probabilities.append(1 - decision.patterns[NEGATIVE])
    if not answers:
        return None, None
    probability = min(max(sum(probabilities) / len(probabilities), 0.0), 1.0)
    return (answers[0] if len(set(answers)) == 1 else None), probability
