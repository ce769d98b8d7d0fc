"""Runs in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for_end

from anascope.errors import InputError
from anascope.studies._executor import Executor
from anascope.studies._work import Job, Outcome, Work, carry_out, note_failure


class LocalExecutor(Executor):
    """Runs jobs in worker processes, one after the other in each.

    Each worker is a pool of its own with one process: a process that is killed takes its own
    run with it and no other, and the next run finds PyTorch already imported.

    Args:
        jobs: How many runs at the same time.
        threads: Of PyTorch in each; by default the cores are shared out evenly.
        retries: How often a run whose process died is begun again.
        work: What is done with a job.
    """

    def __init__(
        self, jobs: int = 1, *, threads: int | None = None, retries: int = 3, work: Work = carry_out
    ) -> None:
        if jobs < 1:
            raise InputError("jobs", str(jobs), "at least 1")
        if threads is not None and threads < 1:
            raise InputError("threads", str(threads), "at least 1")
        self._threads = threads or max(1, (os.cpu_count() or 1) // jobs)
        self._retries = retries
        self._work = work
        self._waiting: deque[Job] = deque()
        self._died: Counter[str] = Counter()
        self._idle = [self._pool() for _ in range(jobs)]
        self._busy: dict[Future[Outcome], tuple[ProcessPoolExecutor, Job]] = {}
        self._slots = jobs

    @property
    def slots(self) -> int:
        """How many jobs are done at the same time."""
        return self._slots

    def submit(self, job: Job) -> None:
        """Take a job; returns at once."""
        self._waiting.append(job)
        self._fill()

    def ended(self, timeout: float) -> list[Outcome]:
        """Return the jobs that have ended since, waiting up to ``timeout`` seconds for one."""
        if not self._busy:
            time.sleep(timeout)
            return []
        finished, _ = wait(self._busy, timeout=timeout, return_when=FIRST_COMPLETED)
        outcomes = []
        for future in finished:
            pool, job = self._busy.pop(future)
            outcome = self._outcome(future, job)
            if isinstance(future.exception(), BrokenProcessPool):
                pool.shutdown(wait=False)
                pool = self._pool()
            self._idle.append(pool)
            if outcome:
                outcomes.append(outcome)
        self._fill()
        return outcomes

    def close(self) -> None:
        """End what still runs."""
        self._waiting.clear()
        for pool, _ in self._busy.values():
            for process in list((pool._processes or {}).values()):
                process.kill()
        for pool in [*self._idle, *(pool for pool, _ in self._busy.values())]:
            pool.shutdown(wait=True, cancel_futures=True)
        self._idle, self._busy = [], {}

    def _outcome(self, future: Future[Outcome], job: Job) -> Outcome | None:
        """Return how a job ended, or None if it is to be begun again."""
        try:
            return future.result()
        except BrokenProcessPool:
            self._died[job.run.name] += 1
            if self._died[job.run.name] <= self._retries:
                self._waiting.appendleft(job)
                return None
            times = self._died[job.run.name]
            reason = f"its process died {times} times (killed, e.g. for want of memory, or "
            reason += 'driven by a script without `if __name__ == "__main__":`)'
            return note_failure(job, reason)
        except Exception as error:  # what the work itself did not catch
            return note_failure(job, error)

    def _fill(self) -> None:
        while self._waiting and self._idle:
            pool, job = self._idle.pop(), self._waiting.popleft()
            try:
                future = pool.submit(self._work, job)
            except BrokenProcessPool:  # killed while it had nothing to do
                pool = self._pool()
                future = pool.submit(self._work, job)
            self._busy[future] = (pool, job)

    def _pool(self) -> ProcessPoolExecutor:
        # A fresh interpreter: a fork would share the state of the driver's threads.
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin_worker,
            initargs=(self._threads,),
        )


def _begin_worker(threads: int) -> None:
    """Set the number of threads, and end with the driver however it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def end_with_parent() -> None:
            wait_for_end([sentinel])
            os._exit(1)

        threading.Thread(target=end_with_parent, daemon=True).start()

    # Read when PyTorch is imported, which only a worker with something to train does.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
