"""A function in a process of its own, whose memory and time are bounded.

A decoder that goes astray may fill the memory, never come back, or end its process; none of this
may happen to the tests themselves. Processes are forked from one that has imported everything, so
that each starts in a moment, and that runs nothing itself.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

_IMPORTED = (
    "anascope.cli._app",
    "anascope.models.engines._torch",
    "anascope.reading.batch",
    "jinja2.filters",
    "matplotlib.colors",
    "matplotlib.path",
    "pandas.io.formats.csvs",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "python_calamine",
    "roifile",
    "shapely.geometry",
    "skimage.measure._find_contours",
)
"""What reading takes in at its first use; more is imported by whoever needs it."""
_TRACEBACK = 70  # exit status of a function that raised


@dataclass(frozen=True)
class Limit:
    """What a process may take.

    Attributes:
        memory_mib: Address space above that of the process as it starts. What is held is never
            more; what is reserved and not used counts as well, as the system may refuse it.
        seconds: Until it is killed.
    """

    memory_mib: float = 1024
    seconds: float = 30


USUAL = Limit()
"""Reading a small image takes under a third of this memory, and a second."""


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        status: Its exit status; minus the number of the signal that ended it.
        printed: What it wrote on standard output.
        complained: What it wrote on standard error.
        in_time: Whether it ended by itself.
    """

    status: int
    printed: str
    complained: str
    in_time: bool


@dataclass(frozen=True)
class Started:
    """A process that runs.

    Attributes:
        process: It.
        folder: Takes what it prints.
    """

    process: ForkServerProcess
    folder: tempfile.TemporaryDirectory[str]

    def ended(self, seconds: float) -> Ended:
        """Wait so long for its end, and kill it if it goes on."""
        self.process.join(seconds)
        in_time = self.process.exitcode is not None
        self.process.kill()
        self.process.join()
        assert self.process.exitcode is not None
        printed, complained = (_text(Path(self.folder.name) / name) for name in ("out", "err"))
        self.folder.cleanup()
        return Ended(self.process.exitcode, printed, complained, in_time)


def alone(
    work: Callable[..., object],
    *arguments: object,
    limit: Limit = USUAL,
    standard_input: bytes = b"",
) -> Ended:
    """Run a function in a process of its own.

    Args:
        work: Importable by name.
        arguments: Of ``work``.
        limit: What it may take.
        standard_input: What it reads there.
    """
    return start(work, *arguments, limit=limit, standard_input=standard_input).ended(limit.seconds)


def start(
    work: Callable[..., object],
    *arguments: object,
    limit: Limit = USUAL,
    standard_input: bytes = b"",
) -> Started:
    """Start what :func:`alone` runs; its time is for the caller to watch."""
    folder = tempfile.TemporaryDirectory()
    (Path(folder.name) / "in").write_bytes(standard_input)
    process = _server().Process(target=_enter, args=(work, arguments, limit, Path(folder.name)))
    process.start()
    return Started(process, folder)


def command(words: Sequence[str]) -> None:
    """Run ``anascope`` with these words, as somebody types it."""
    from anascope.cli import main

    sys.argv = ["anascope", *words]
    main()


def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))  # before the first process; later it is nothing
    return context


def _enter(
    work: Callable[..., object], arguments: tuple[Any, ...], limit: Limit, folder: Path
) -> None:
    for number, name in enumerate(("in", "out", "err")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(folder / name, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, encoding="utf-8")
    os.environ |= {"COLUMNS": "100", "OMP_NUM_THREADS": "1"}
    most = address_space() + int(limit.memory_mib * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        work(*arguments)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(_TRACEBACK)


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
