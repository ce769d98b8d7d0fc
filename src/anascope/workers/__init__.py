"""Work on many items, in processes or on a cluster, and its events.

An :class:`Executor` does one piece of work on every item: :class:`ThisProcess`, processes of this
machine (:class:`Processes`) or a Ray cluster (:class:`RayCluster`). Items may be endless: only as
many are taken at a time as keep all workers busy. An error, or a worker that dies, affects only its
own item. Studies, batches and drawings decide how they use this package, and what they keep on
disk.

>>> from anascope.workers import ThisProcess
>>> [result.get() for result in ThisProcess().map(abs, [-1, 2])]
[1, 2]
"""

from anascope.workers._events import Event, Tick, Watcher, unwatched
from anascope.workers._executor import Crew, Executor
from anascope.workers._processes import Processes, local
from anascope.workers._ray import RayCluster
from anascope.workers._result import Result, Unsendable, WorkerDied
from anascope.workers._share import Share
from anascope.workers._this_process import ThisProcess

__all__ = [
    "Crew",
    "Event",
    "Executor",
    "Processes",
    "RayCluster",
    "Result",
    "Share",
    "ThisProcess",
    "Tick",
    "Unsendable",
    "Watcher",
    "WorkerDied",
    "local",
    "unwatched",
]
