"""Read many images into a folder of results, and continue where a reading stopped.

:class:`anascope.reading.Reader` reads each field, and :mod:`anascope.reading.results` writes the
files.
"""

from anascope.reading.batch._driver import (
    BatchBegan,
    BatchSummary,
    FolderInUse,
    SpecimenEnded,
    read_batch,
)
from anascope.reading.batch._kept import WhyAnew
from anascope.reading.batch._settings import ReaderSettings
from anascope.reading.batch._specimen import SpecimenDone

__all__ = [
    "BatchBegan",
    "BatchSummary",
    "FolderInUse",
    "ReaderSettings",
    "SpecimenDone",
    "SpecimenEnded",
    "WhyAnew",
    "read_batch",
]
