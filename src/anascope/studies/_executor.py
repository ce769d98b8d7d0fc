"""What runs the runs: the one interface of local processes and of clusters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from anascope.studies._work import Job, Outcome


class Executor(ABC):
    """Takes jobs and gives back how they ended, each exactly once.

    A worker or a node that dies does not fail its run: the run is handed out again and goes on
    from its last checkpoint, ``retries`` times at most.

    Used as a context manager; leaving it ends whatever still runs.
    """

    @abstractmethod
    def submit(self, job: Job) -> None:
        """Take a job; returns at once."""

    @abstractmethod
    def ended(self, timeout: float) -> list[Outcome]:
        """Return the jobs that have ended since, waiting up to ``timeout`` seconds for one."""

    @abstractmethod
    def close(self) -> None:
        """End what still runs."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many jobs are done at the same time."""

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
