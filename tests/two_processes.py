"""Run a function in two processes that can reach each other, as data-parallel training does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing import get_context
from torch.multiprocessing.spawn import start_processes

from anascope.training._processes import IMPORTED, START

COUNT = 2

Results = dict[str, Tensor]
Work = Callable[[int, int], Results]
"""Takes rank and number of processes; importable by name from a test module."""


def in_two_processes(work: Work, folder: Path) -> list[Results]:
    """Return what ``work`` returns in each of two processes joined by gloo."""
    if START == "forkserver":
        get_context(START).set_forkserver_preload(IMPORTED)
    start_processes(_enter, (work, folder), COUNT, start_method=START)
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(COUNT)]


def _enter(rank: int, work: Work, folder: Path) -> None:
    torch.set_num_threads(1)
    meeting: Any = (folder / "meeting").as_uri()
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=COUNT)
    torch.save(work(rank, COUNT), folder / f"{rank}.pt")
    dist.destroy_process_group()


def part_of(total: int, rank: int, count: int) -> slice:
    """Return the rows of a batch that are this process's, as equal as can be."""
    return slice(total * rank // count, total * (rank + 1) // count)
