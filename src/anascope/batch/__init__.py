"""Read many images into a folder of results: as they come, and on from where it stopped."""

from anascope.batch._driver import BatchSummary, BatchWatcher, read_batch
from anascope.batch._executor import Executor, LocalExecutor, RayExecutor
from anascope.batch._settings import ReaderSettings
from anascope.batch._specimen import SpecimenDone

__all__ = [
    "BatchSummary",
    "BatchWatcher",
    "Executor",
    "LocalExecutor",
    "RayExecutor",
    "ReaderSettings",
    "SpecimenDone",
    "read_batch",
]
