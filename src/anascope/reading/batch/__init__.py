"""Read many images into a folder of results: as they come, and on from where it stopped.

How one field is read is :class:`anascope.reading.Reader`; what is written of it is
:mod:`anascope.reading.results`.
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
