"""Work in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from types import FrameType
from typing import Any, NoReturn

from anascope.environment import checked_threads, usable_cores
from anascope.errors import InputError
from anascope.workers._executor import Crew, Ended, Executor
from anascope.workers._result import Reply, reply_of
from anascope.workers._this_process import ThisProcess

_AHEAD = 2  # items that are begun or wait, for each process: none is idle while results are used
_GRACE = 30.0  # seconds that a busy process may take to keep what it has, and to clear up
_LEAVES = 10.0  # seconds that an idle process may take to end
_DIED = (
    "its process died {times} (killed, for instance for lack of memory, or started by a script "
    "without "
    '`if __name__ == "__main__":`)'
)


class Processes(Executor):
    """Works in separate processes; if one is killed, only its own item is affected.

    A process does one item after the other, so that what it has imported stays. All end with the
    process that started them, however it ends.

    Args:
        jobs: How many processes.
        threads: Of PyTorch in each; by default the cores are shared out evenly.
        retries: How often an item whose process died is begun again.

    Raises:
        InputError: if one of the numbers is under 1, or there are too many threads.
    """

    def __init__(self, jobs: int = 1, *, threads: int | None = None, retries: int = 3) -> None:
        super().__init__(retries)
        if jobs < 1:
            raise InputError("jobs", str(jobs), "at least 1")
        self._jobs = jobs
        self._threads = checked_threads(threads) or max(1, usable_cores() // jobs)

    @property
    def slots(self) -> int:
        """How many items are worked on at the same time."""
        return self._jobs

    @contextmanager
    def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
        """Return processes that do ``work``; they are started as there are items for them."""
        crew = _Crew(work, self._jobs, self._threads)
        try:
            yield crew
        finally:
            crew.end()


def local(jobs: int, *, threads: int | None = None, retries: int = 3) -> Executor:
    """Return this process for one job, processes of their own for more.

    Raises:
        InputError: if there are no jobs.
    """
    if jobs == 1:
        return ThisProcess()
    return Processes(jobs, threads=threads, retries=retries)


class _Worker:
    """A process that does the work on items sent to it."""

    def __init__(self, work: Callable[[Any], Any], threads: int) -> None:
        # A fresh interpreter: a fork would share the state of the driver's threads.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work, threads), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, item: Any) -> Reply | str:
        """Have the work done on an item; return the reply, or that the process died."""
        try:
            self._pipe.send(item)
            reply: Reply = pickle.loads(self._pipe.recv_bytes())
            return reply
        except (EOFError, OSError):
            self.process.kill()
            self.process.join()  # the pipe may be closed before the process has ended
            return _DIED
        except Exception as error:  # the item cannot be pickled
            return Reply(error=error)

    def leave(self) -> None:
        """End the process: one that is idle by itself, so that it clears up what it holds."""
        self._pipe.close()
        self.process.join(_LEAVES)
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any], threads: int) -> None:
    """Be a worker, until the driver closes the pipe or ends in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver, which hears it too, ends this one
    signal.signal(signal.SIGTERM, _leave)
    parent = multiprocessing.parent_process()
    assert parent is not None
    Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    # Read when PyTorch is imported, which only a worker with something to train does.
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        pipe.send_bytes(reply_of(work, item))


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """End by way of all ``finally``, so that no temporary file stays."""
    raise SystemExit(128 + number)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class _Crew:
    """Worker processes, each with a thread of the driver that hands it one item after the other."""

    def __init__(self, work: Callable[[Any], Any], jobs: int, threads: int) -> None:
        self._work, self._threads = work, threads
        self._orders: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Ended | Exception] = queue.SimpleQueue()
        self._lock = Lock()  # of the two that follow
        self._busy: set[BaseProcess] = set()
        self._over = False
        self._foremen = [Thread(target=self._hand_out, daemon=True) for _ in range(jobs)]
        for foreman in self._foremen:
            foreman.start()

    def limit(self) -> int:
        return _AHEAD * len(self._foremen)

    def begin(self, number: int, item: Any) -> None:
        self._orders.put((number, item))

    def ended(self, seconds: float) -> list[Ended]:
        with suppress(queue.Empty):
            reply = self._replies.get(timeout=seconds)
            if isinstance(reply, Exception):
                raise reply
            return [reply]
        return []

    def end(self) -> None:
        with self._lock:
            self._over = True
            busy = list(self._busy)
            for process in busy:
                process.terminate()
        limit = time.monotonic() + _GRACE
        for process in busy:
            if not wait([process.sentinel], max(0.0, limit - time.monotonic())):
                process.kill()
        for _ in self._foremen:
            self._orders.put(None)
        for foreman in self._foremen:
            foreman.join()

    def _hand_out(self) -> None:
        worker: _Worker | None = None
        while (order := self._orders.get()) is not None:
            with self._lock:
                if self._over:
                    break
                if worker is None or not worker.process.is_alive():
                    try:
                        worker = _Worker(self._work, self._threads)
                    except Exception as error:  # the work cannot be pickled
                        self._replies.put(error)
                        return
                self._busy.add(worker.process)
            number, item = order
            reply = worker.ask(item)
            with self._lock:
                self._busy.remove(worker.process)
            self._replies.put((number, reply))
        if worker is not None:
            worker.leave()
