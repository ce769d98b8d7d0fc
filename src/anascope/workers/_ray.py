"""Work on a Ray cluster, or on this machine through Ray: nodes may come, die and come back."""

from __future__ import annotations

import os
import pickle
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from anascope._version import __version__
from anascope.errors import InputError
from anascope.workers._connect import connect, import_ray, nodes_of
from anascope.workers._executor import Crew, Ended, Executor
from anascope.workers._result import Reply, reply_of
from anascope.workers._share import Share

_LOOK_SECONDS = 5.0  # between two looks at which nodes the cluster has
_CLOSE_SECONDS = 10.0  # that cancelled tasks may take to end
_MORE = 8  # items handed to Ray beyond twice those that it can work on at once


class RayCluster(Executor):
    """Works in tasks of a Ray cluster.

    Files that the work reads and writes have to be on storage that every node reaches under the
    same path; workers have a working directory of their own, so paths are absolute. When the
    network cuts off a node, Ray gives its items to others while its workers may still be at work
    (a minute at most): work that must not be done twice at a time has to hold a lock there.

    Args:
        address: Address of a running cluster: ``auto`` (the one of which this machine is a node),
            ``HOST:PORT`` or ``ray://HOST:PORT``. By default one of this machine alone is started,
            whatever ``RAY_ADDRESS`` says, and ended by :meth:`close`. A connection that the process
            has already is used, and kept.
        cpus: CPU cores that an item takes; PyTorch gets as many threads, at least one.
        gpus: GPUs that an item takes, 0.5 for two items on each. With 0 the work sees no GPU.
        retries: How often an item whose worker or node died is begun again.

    Raises:
        InputError: if Ray is not installed, the cluster cannot be reached, or no node has that
            many CPUs or GPUs.
    """

    elsewhere = True

    def __init__(
        self, *, address: str | None = None, cpus: float = 1, gpus: float = 0, retries: int = 3
    ) -> None:
        super().__init__(retries)
        self._share = Share(cpus, gpus)
        self._ray = import_ray()
        self._connected_here = connect(self._ray, address)
        try:
            self._share.require_room(nodes_of(self._ray))
        except InputError:
            self.close()
            raise

    @property
    def slots(self) -> int:
        """How many items are worked on at the same time on the nodes that are there now."""
        return max(1, self._share.places_on(nodes_of(self._ray)))

    @property
    def has_gpus(self) -> bool:
        """Whether work may find a GPU."""
        return self._share.gpus > 0

    @contextmanager
    def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
        """Return the cluster's workers; leaving the context cancels what still runs."""
        tasks = _Tasks(self._ray, work, self._share, lambda: self.slots)
        try:
            yield tasks
        finally:
            tasks.end()

    def close(self) -> None:
        """Leave the cluster, and end it if it was started here."""
        if self._connected_here:
            self._connected_here = False
            self._ray.shutdown()


class _Tasks:
    """Tasks of Ray, each an item."""

    def __init__(
        self, ray: Any, work: Callable[[Any], Any], share: Share, slots: Callable[[], int]
    ) -> None:
        self._ray, self._slots = ray, slots
        self._limit, self._looked = 0, -_LOOK_SECONDS
        self._busy: dict[Any, int] = {}
        # Ray's own retries are off: it would begin an item that outgrows a node's memory again
        # for ever, and it would not say how often one died.
        # An item on a GPU gets a process of its own (Ray's default), which gives the memory back.
        self._do = ray.remote(
            num_cpus=share.cpus,
            num_gpus=share.gpus,
            max_retries=0,
            retry_exceptions=False,
            scheduling_strategy="SPREAD",  # a few items are done sooner on several nodes
        )(_do)
        self._arguments = (uuid4().hex, ray.put(work), share, __version__)

    def limit(self) -> int:
        """Return enough to keep every node at work, not the whole of a long list."""
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._limit, self._looked = 2 * self._slots() + _MORE, time.monotonic()
        return self._limit

    def begin(self, number: int, item: Any) -> None:
        self._busy[self._do.remote(item, *self._arguments)] = number

    def ended(self, seconds: float) -> list[Ended]:
        tasks = list(self._busy)
        self._ray.wait(tasks, num_returns=1, timeout=seconds)
        finished, _ = self._ray.wait(tasks, num_returns=len(tasks), timeout=0)
        return [(self._busy.pop(task), self._reply(task)) for task in finished]

    def end(self) -> None:
        """Cancel what still runs, and wait for it: whoever goes on finds no locks."""
        with suppress(ConnectionError, self._ray.exceptions.RayError):  # the cluster is gone
            tasks = list(self._busy)
            for task in reversed(tasks):  # or the next would begin in place of the first
                self._ray.cancel(task, force=True)
            if tasks:
                self._ray.wait(tasks, num_returns=len(tasks), timeout=_CLOSE_SECONDS)

    def _reply(self, task: Any) -> Reply | str:
        try:
            reply: Reply = pickle.loads(self._ray.get(task))
            return reply
        except self._ray.exceptions.RayTaskError as error:  # the work cannot be loaded there
            return Reply(error=error.cause)
        except self._ray.exceptions.RayError as error:
            return f"its worker or node died {{times}} ({type(error).__name__})"


_kept: dict[str, Callable[[Any], Any]] = {}
"""In a worker: its copy of the work that it does, which keeps what it has loaded."""


def _do(item: Any, key: str, work: Callable[[Any], Any], share: Share, version: str) -> bytes:
    """Do the work on an item in a worker of Ray."""
    if version != __version__:
        raise InputError(
            f"node {socket.gethostname()}",
            f"anascope {__version__}",
            f"{version}, as on the machine that gives out the work",
        )
    if key not in _kept:
        _kept.clear()
        _kept[key] = work
    if not share.gpus:  # newer versions of Ray leave all GPUs to a task that asked for none
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    threads = max(1, int(share.cpus))
    os.environ["OMP_NUM_THREADS"] = str(threads)  # PyTorch reads it when it is imported
    if "torch" in sys.modules:  # by the item before
        sys.modules["torch"].set_num_threads(threads)
    return reply_of(_kept[key], item)
