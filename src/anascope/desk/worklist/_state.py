"""What has become of a specimen, and why it is to be looked at."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from anascope.desk.worklist._reading import ReadSpecimen
from anascope.reading import NOT_EVALUABLE, UNDECIDED
from anascope.reading.results import NO_ANSWER


class State(StrEnum):
    """What has become of a specimen."""

    NEW = "new"
    IN_REVIEW = "in review"
    SIGNED = "signed"
    REJECTED = "rejected"


class Attention(IntEnum):
    """Why a specimen is to be looked at; the smaller, the sooner."""

    READ_ANEW = 0
    """It was read anew after somebody had written a result."""
    UNDECIDED = 1
    FLAGGED = 2
    NOT_EVALUABLE = 3
    NONE = 4
    DONE = 5
    """Signed or rejected."""


def attention_of(read: ReadSpecimen, state: State, *, read_anew: bool = False) -> Attention:
    """Return why a specimen is to be looked at.

    Args:
        read: What was read of it.
        state: What has become of it.
        read_anew: Whether a result was written on another reading than this one.
    """
    if read_anew:
        return Attention.READ_ANEW
    if state in (State.SIGNED, State.REJECTED):
        return Attention.DONE
    decision = read.specimen.decision
    if decision is None:
        return Attention.NOT_EVALUABLE
    if decision.pattern in (None, UNDECIDED):
        return Attention.UNDECIDED
    flagged = read.specimen.flagged or read.specimen.not_evaluable
    return Attention.FLAGGED if flagged else Attention.NONE


def word_of(read: ReadSpecimen) -> tuple[str, str]:
    """Return what stands for pattern and intensity of a reading on the worklist."""
    decision = read.specimen.decision
    if decision is None:
        return NOT_EVALUABLE, ""
    return decision.pattern or NO_ANSWER, decision.intensity or ""
