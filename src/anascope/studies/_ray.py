"""Runs on a Ray cluster, or on this machine through Ray: nodes may come, die and come back."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import replace
from typing import Any

from anascope._version import __version__
from anascope.errors import InputError
from anascope.studies._executor import Executor
from anascope.studies._layout import Layout, State
from anascope.studies._ray_cluster import Share, connect, import_ray, nodes_of
from anascope.studies._work import Job, Outcome, Work, carry_out, note_failure

_LOOK_SECONDS = 5.0  # between two looks at which nodes the cluster has
_CLOSE_SECONDS = 10.0  # that cancelled runs may take to end
_MORE = 8  # jobs handed to Ray beyond twice those that it can do at once


class RayExecutor(Executor):
    """Runs jobs as tasks of a Ray cluster.

    The study folder and the cohort have to be on storage that every node reaches under the
    same path. That storage is also what keeps a run from being worked on twice: when the network
    cuts off a node, Ray gives its runs to others while its workers may still be at work. Whoever
    works on a run holds a lock in the study folder, so the next one waits until that worker has
    ended; and a run that has its results is left as it is. A cut-off node ends its workers by
    itself, a minute later at most.

    Args:
        address: Of a cluster that runs: ``auto`` (the one that this machine is a node of),
            ``HOST:PORT`` or ``ray://HOST:PORT``. By default one of this machine alone is started,
            whatever ``RAY_ADDRESS`` says, and ended by :meth:`close`. A connection that the
            process has already is used, and kept.
        cpus_per_run: CPU cores a run takes; PyTorch gets as many threads, at least one.
        gpus_per_run: GPUs a run takes, 0.5 for two runs on each. With 0 a run sees no GPU.
        retries: How often a run whose worker or node died is begun again.
        work: What is done with a job.

    Raises:
        InputError: if Ray is not installed, the cluster cannot be reached, or a run fits on none
            of its nodes.
    """

    def __init__(
        self,
        *,
        address: str | None = None,
        cpus_per_run: float = 1,
        gpus_per_run: float = 0,
        retries: int = 3,
        work: Work = carry_out,
    ) -> None:
        self._share = Share(cpus_per_run, gpus_per_run)
        self._ray = import_ray()
        self._retries = retries
        self._work = work
        self._waiting: deque[Job] = deque()
        self._died: Counter[str] = Counter()
        self._busy: dict[Any, Job] = {}
        self._bound, self._looked = 0, -_LOOK_SECONDS
        self._connected_here = connect(self._ray, address)
        try:
            self._share.require_room(nodes_of(self._ray))
        except InputError:
            self.close()
            raise
        # Ray's own retries are off: it would begin a run that outgrows a node's memory again
        # for ever, and it would not say how often one died.
        # A run on a GPU gets a process of its own (Ray's default), which gives the memory back.
        self._task = self._ray.remote(
            num_cpus=cpus_per_run,
            num_gpus=gpus_per_run,
            max_retries=0,
            retry_exceptions=False,
            scheduling_strategy="SPREAD",  # a few runs are faster on several nodes than on one
        )(_do)

    @property
    def slots(self) -> int:
        """How many jobs are done at the same time on the nodes that are there now."""
        return max(1, self._share.places_on(nodes_of(self._ray)))

    def submit(self, job: Job) -> None:
        """Take a job; returns at once.

        Raises:
            InputError: if it wants a GPU and runs get none.
        """
        if job.accelerator == "gpu" and not self._share.gpus:
            raise InputError("gpus_per_run", "0 with accelerator gpu", "more than 0")
        # Workers have a working directory of their own. Links stay links: what stands behind
        # them may differ from node to node.
        layout = Layout(job.layout.path.absolute())
        self._waiting.append(replace(job, layout=layout, cohort=job.cohort.absolute()))
        self._fill()

    def ended(self, timeout: float) -> list[Outcome]:
        """Return the jobs that have ended since, waiting up to ``timeout`` seconds for one."""
        if not self._busy:
            time.sleep(timeout)
            return []
        tasks = list(self._busy)
        self._ray.wait(tasks, num_returns=1, timeout=timeout)
        finished, _ = self._ray.wait(tasks, num_returns=len(tasks), timeout=0)
        outcomes = [self._outcome(task, self._busy.pop(task)) for task in finished]
        self._fill()
        return [outcome for outcome in outcomes if outcome]

    def close(self) -> None:
        """End what still runs, and the cluster if it was started here."""
        self._waiting.clear()
        try:
            with suppress(ConnectionError, self._ray.exceptions.RayError):  # the cluster is gone
                for task in self._busy:
                    self._ray.cancel(task, force=True)
                if self._busy:  # whoever goes on with the study finds no locks
                    tasks = list(self._busy)
                    self._ray.wait(tasks, num_returns=len(tasks), timeout=_CLOSE_SECONDS)
        finally:
            self._busy = {}
            if self._connected_here:
                self._connected_here = False
                self._ray.shutdown()

    def _outcome(self, task: Any, job: Job) -> Outcome | None:
        """Return how a job ended, or None if it is to be begun again."""
        name = job.run.name
        try:
            outcome: Outcome = self._ray.get(task)
            return outcome
        except self._ray.exceptions.RayTaskError as error:  # raised by the work
            return note_failure(job, error.cause)
        except self._ray.exceptions.RayError as error:
            self._died[name] += 1
            if self._died[name] <= self._retries:
                self._waiting.appendleft(job)
                return None
            if job.layout.state(name) is State.DONE:  # died with its results written
                return Outcome(name)
            how = type(error).__name__
            return note_failure(job, f"its worker or node died {self._died[name]} times ({how})")

    def _fill(self) -> None:
        """Hand jobs to Ray: enough to keep every node at work, not the whole of a large grid."""
        if self._waiting and time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._bound, self._looked = 2 * self.slots + _MORE, time.monotonic()
        while self._waiting and len(self._busy) < self._bound:
            job = self._waiting.popleft()
            task = self._task.remote(self._work, job, self._share, __version__)
            self._busy[task] = job


def _do(work: Work, job: Job, share: Share, version: str) -> Outcome:
    """Do a job in a worker of Ray."""
    if version != __version__:
        raise InputError(
            f"node {socket.gethostname()}", f"anascope {__version__}", f"{version}, as the driver's"
        )
    if not job.layout.path.is_dir():
        raise InputError(
            f"node {socket.gethostname()}",
            f"no {job.layout.path} there",
            "the study folder on storage that every node reaches under the same path",
        )
    if not share.gpus:  # newer versions of Ray leave all GPUs to a task that asked for none
        os.environ["CUDA_VISIBLE_DEVICES"] = ""

    threads = max(1, int(share.cpus))
    os.environ["OMP_NUM_THREADS"] = str(threads)  # PyTorch reads it when it is imported
    if "torch" in sys.modules:  # by the worker's last run
        sys.modules["torch"].set_num_threads(threads)
    return work(job)
