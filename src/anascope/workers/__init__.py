"""Work on many items where there is room for it, and what is told of it meanwhile.

An :class:`Executor` does one piece of work on every item: :class:`ThisProcess`, processes of this
machine (:class:`Processes`) or a Ray cluster (:class:`RayCluster`). Items may be endless: only so
many are taken at a time as keep all workers busy. What fails, and a worker that dies, costs its
own item. How a study, a batch or a drawing uses this is theirs; so is what they keep on disk.

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
