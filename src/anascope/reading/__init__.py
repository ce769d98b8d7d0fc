"""Read images as a laboratory does: cells, pattern, intensity, and how reliable they are.

This package finds images, reads them with a model and returns records.
:mod:`anascope.reading.results` writes them into files, and :mod:`anascope.reading.batch` reads
thousands of images and continues where it stopped. Nothing here trains, and PyTorch is imported
only if it is the engine.
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
