"""Read images as a laboratory does: cells, pattern, intensity, and how sure that is."""

from anascope.judgement import UNDECIDED, Decision
from anascope.reading._records import (
    CellReading,
    FieldArrays,
    FieldReading,
    Flag,
    NotRead,
    QualityFlag,
    Reading,
    SpecimenReading,
)

__all__ = [
    "UNDECIDED",
    "CellReading",
    "Decision",
    "FieldArrays",
    "FieldReading",
    "Flag",
    "NotRead",
    "QualityFlag",
    "Reading",
    "SpecimenReading",
]
