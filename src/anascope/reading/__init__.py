"""Read images as a laboratory does: cells, pattern, intensity, and how sure that is."""

from anascope.decisions import UNDECIDED, Decision
from anascope.reading._inputs import Found, Inputs, find_images, refused
from anascope.reading._read import read
from anascope.reading._reader import NUCLEUS_UM, Reader
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
    "NUCLEUS_UM",
    "UNDECIDED",
    "CellReading",
    "Decision",
    "FieldArrays",
    "FieldReading",
    "Flag",
    "Found",
    "Inputs",
    "NotRead",
    "QualityFlag",
    "Reader",
    "Reading",
    "SpecimenReading",
    "find_images",
    "read",
    "refused",
]
