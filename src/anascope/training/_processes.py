"""One training in several processes of this machine: who does what, and how they start and end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import torch
import torch.distributed as dist
from torch.multiprocessing import get_context
from torch.multiprocessing.spawn import ProcessException, start_processes

from anascope.balancing import process_count
from anascope.errors import AnascopeError, InputError
from anascope.workers import Watcher, unwatched

_LOOK_EVERY = 0.1  # seconds between two looks at what the processes say
_GRACE = 60.0  # seconds that an interrupted process has to keep what it has, and to tidy up

# Processes are forked by one that has imported this package and done nothing else: no GPU is in use
# in it, and its only other thread is that of Arrow's allocator, which is made to survive a fork.
# Each would import the package by itself otherwise, for seconds. Elsewhere than on Linux, libraries
# of the system do not survive a fork.
START = "forkserver" if sys.platform == "linux" else "spawn"
IMPORTED = ["anascope.training"]


@dataclass(frozen=True)
class Process:
    """Which process of a training this is, and so which rows of a batch it does.

    Attributes:
        rank: Its number, from 0; process 0 alone writes files.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    def rows(self, total: int) -> list[int]:
        """Return how many rows of a batch of ``total`` each process has: as equal as can be.

        >>> Process(0, 3).rows(8)
        [2, 3, 3]
        """
        ends = [total * (rank + 1) // self.count for rank in range(self.count)]
        return [end - start for start, end in zip([0, *ends], ends, strict=False)]

    def own_rows(self, total: int) -> slice:
        """Return which rows of a batch of ``total`` are this process's.

        >>> Process(1, 3).own_rows(8)
        slice(2, 5, None)
        """
        return slice(total * self.rank // self.count, total * (self.rank + 1) // self.count)


def check_devices(devices: int, device: torch.device, batch_size: int) -> None:
    """Refuse a number of processes that this machine or a batch does not have room for.

    Raises:
        InputError: if it is under 1, over the number of GPUs (for a training on GPUs), or over
            the number of patches in a batch; or if this process is one of several already, whose
            messages would mix with those of the training.
    """
    if process_count() > 1:
        raise InputError("torch.distributed", "initialised with several processes", "one process")
    if devices < 1:
        raise InputError("devices", str(devices), "1 or more")
    if device.type == "cuda" and devices > torch.cuda.device_count():
        raise InputError(
            "devices", str(devices), f"at most {torch.cuda.device_count()}, the GPUs seen"
        )
    if devices > batch_size:
        raise InputError("devices", str(devices), f"at most the batch size, {batch_size}")


Train = Callable[[Process, Watcher], None]
"""What every process does; must be importable by name, as a new process finds it so."""


def run_in_processes(train: Train, count: int, device: torch.device, watcher: Watcher) -> None:
    """Run ``train`` in ``count`` new processes that can reach each other, and wait for them.

    If one fails, or this process is interrupted, or ends in whatever way, all are ended.

    Args:
        train: What to do.
        count: How many processes.
        device: Of which kind their devices are: process i takes GPU i, or its share of the CPU.
        watcher: Is told, in this process, what process 0 tells its own.

    Raises:
        AnascopeError: as one of them raised it.
        ProcessRaisedException: of PyTorch, with the traceback, if one raised anything else.
    """
    context = get_context(START)
    if START == "forkserver":
        context.set_forkserver_preload(IMPORTED)
    events = context.SimpleQueue()
    threads = max(torch.get_num_threads() // count, 1)
    with TemporaryDirectory(prefix="anascope-") as folder:
        meeting = (Path(folder) / "meeting").as_uri()
        started = start_processes(
            _enter,
            (train, count, device.type, meeting, threads, events, dict(os.environ)),
            count,
            join=False,
            start_method=START,
        )
        try:
            while not started.join(timeout=_LOOK_EVERY):
                _pass_on(events, watcher)
            _pass_on(events, watcher)
        except ProcessException:
            # What a process has said before tells more than that another has lost it since.
            _pass_on(events, watcher)
            raise
        finally:
            _end(started.processes)
            events.close()


def _enter(
    rank: int,
    train: Train,
    count: int,
    kind: str,
    meeting: str,
    threads: int,
    events: Any,
    environment: dict[str, str],
) -> None:
    """Be process ``rank``."""
    # What forked this process may be older than a change, for instance of the GPUs to be seen.
    os.environ.clear()
    os.environ.update(environment)
    # In the background of a shell the parent ignores it, and so would this one; but the parent
    # ends it by that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parent = parent_process()
    assert parent is not None
    Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    if kind == "cuda":
        torch.cuda.set_device(rank)
        backend, device = "nccl", torch.device("cuda", rank)
    else:
        torch.set_num_threads(threads)
        backend, device = "gloo", None
    dist.init_process_group(
        backend, init_method=meeting, rank=rank, world_size=count, device_id=device
    )
    try:
        train(Process(rank, count), events.put if rank == 0 else unwatched)
    except AnascopeError as error:
        events.put(error)
        return
    dist.destroy_process_group()


def _end_with(sentinel: int) -> None:
    """Interrupt this process when its parent has ended."""
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGINT)


def _end(processes: Sequence[Any]) -> None:
    """End those that still run: as Ctrl-C would, so that no half-written file stays."""
    for process in processes:
        if process.is_alive():
            os.kill(process.pid, signal.SIGINT)
    for process in processes:
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()


def _pass_on(events: Any, watcher: Watcher) -> None:
    """Tell ``watcher`` what has been said, or raise it."""
    while not events.empty():
        event = events.get()
        if isinstance(event, AnascopeError):
            raise event
        watcher(event)
