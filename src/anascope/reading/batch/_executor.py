"""Who reads the specimens of a batch: this process, or a Ray cluster."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from anascope.errors import InputError
from anascope.reading import Found, NotRead
from anascope.reading.batch._settings import ReaderSettings
from anascope.reading.batch._specimen import SpecimenDone, read_specimen
from anascope.reading.results import ResultsFolder

Work = tuple[str, tuple[Found, ...]]
"""A specimen and its files."""


class Executor(ABC):
    """Reads specimens, in any order."""

    @abstractmethod
    def read(
        self,
        work: Sequence[Work],
        names: Sequence[str],
        out: Path,
        settings: ReaderSettings,
        model: str,
    ) -> Iterator[SpecimenDone]:
        """Read ``work`` into ``out`` and yield each specimen when it is done.

        Args:
            work: What is left to do.
            names: All specimens of the batch in a fixed order: every process gives their folders
                the same names.
            out: The folder of results.
            settings: How to read.
            model: What the results say of the model.
        """


class LocalExecutor(Executor):
    """Reads in this process, with as many threads as the reader has."""

    def read(
        self,
        work: Sequence[Work],
        names: Sequence[str],
        out: Path,
        settings: ReaderSettings,
        model: str,
    ) -> Iterator[SpecimenDone]:
        """Read one specimen after the other."""
        if not work:
            return
        worker = _Worker(names, out, settings, model)
        for specimen, files in work:
            yield worker.read(specimen, files)


class RayExecutor(Executor):
    """Reads on a Ray cluster: one worker a share of the CPUs, specimens as they become free.

    Images and results lie where all machines see them under the same path.

    Args:
        cpus: Of each worker.
        address: Of the cluster; None starts one on this machine.

    Raises:
        InputError: if Ray is not installed.
    """

    def __init__(self, cpus: float = 2, address: str | None = None) -> None:
        try:
            import ray
        except ImportError:
            found = "ray, which is not installed"
            raise InputError("executor", found, "pip install anascope[ray]") from None
        self._ray: Any = ray
        self._cpus = cpus
        self._address = address

    def read(
        self,
        work: Sequence[Work],
        names: Sequence[str],
        out: Path,
        settings: ReaderSettings,
        model: str,
    ) -> Iterator[SpecimenDone]:
        """Read specimens on as many workers as the cluster has room for."""
        if not work:
            return
        ray = self._ray
        started = not ray.is_initialized()
        if started:
            options = {} if self._address else {"include_dashboard": False}
            ray.init(address=self._address, log_to_driver=False, **options)
        try:
            room = int(ray.cluster_resources().get("CPU", 1) // self._cpus)
            actor = ray.remote(num_cpus=self._cpus, max_restarts=3, max_task_retries=3)(_Worker)
            shared = [ray.put(list(names)), out.absolute(), settings, model]
            workers = [actor.remote(*shared) for _ in range(max(1, min(room, len(work))))]
            waiting = list(reversed(work))
            busy = {w.read.remote(*waiting.pop()): w for w in workers if waiting}
            while busy:
                (done,), _ = ray.wait(list(busy), num_returns=1)
                worker = busy.pop(done)
                if waiting:
                    busy[worker.read.remote(*waiting.pop())] = worker
                yield ray.get(done)
        finally:
            if started:
                ray.shutdown()


class _Worker:
    """A reader and its view of the folder of results."""

    def __init__(
        self, names: Sequence[str], out: Path, settings: ReaderSettings, model: str
    ) -> None:
        self._reader = settings.reader()
        self._sheets = settings.sheets
        self._results = ResultsFolder(out, model=model, date=datetime.date.today())
        for name in names:
            self._results.folder_of(name)

    def read(self, specimen: str, files: tuple[Found, ...]) -> SpecimenDone:
        """Read a specimen; whatever goes wrong with it stops no other."""
        try:
            return read_specimen(self._reader, self._results, specimen, files, sheets=self._sheets)
        except (InputError, OSError, UnicodeError) as error:
            reason = error.found if isinstance(error, InputError) else str(error)
            return SpecimenDone(specimen, 0, 0, (NotRead(specimen, reason),), {})
