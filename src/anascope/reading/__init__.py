"""Read images as a laboratory does: cells, pattern, intensity, and how sure that is.

This package finds images, reads them with a model and returns records. What is written of them is
:mod:`anascope.reading.results`; thousands of images, on from where it stopped, are
:mod:`anascope.reading.batch`. Nothing here trains, and PyTorch is imported only where the engine
is PyTorch.
"""

from anascope.decisions import UNDECIDED, Decision
from anascope.reading._inputs import InputFile, Inputs, find_images, refused
from anascope.reading._quality import LIMITS as QUALITY_LIMITS
from anascope.reading._quality import FieldMeasures, measure_field
from anascope.reading._read import read
from anascope.reading._reader import Reader
from anascope.reading._records import (
    NOT_EVALUABLE,
    CellReading,
    DividingCell,
    Evaluability,
    FieldArrays,
    FieldReading,
    FieldSummary,
    Flag,
    NotRead,
    Provenance,
    QualityFlag,
    Reading,
    SpecimenReading,
    WhyNot,
)

__all__ = [
    "NOT_EVALUABLE",
    "QUALITY_LIMITS",
    "UNDECIDED",
    "CellReading",
    "Decision",
    "DividingCell",
    "Evaluability",
    "FieldArrays",
    "FieldMeasures",
    "FieldReading",
    "FieldSummary",
    "Flag",
    "InputFile",
    "Inputs",
    "NotRead",
    "Provenance",
    "QualityFlag",
    "Reader",
    "Reading",
    "SpecimenReading",
    "WhyNot",
    "find_images",
    "measure_field",
    "read",
    "refused",
]
