"""Where everything is in a study folder, and how far its runs are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from filelock import FileLock, Timeout

from anascope.errors import InputError
from anascope.files import read_json
from anascope.studies._progress import Progress, read_progress


class State(Enum):
    """How far a run is."""

    DONE = "done"
    FAILED = "failed"
    BEGUN = "begun"
    WAITING = "waiting"


@dataclass(frozen=True)
class Layout:
    """The places in a study folder; runs are named as in the plan.

    Attributes:
        path: The study folder.
    """

    path: Path

    @property
    def report(self) -> Path:
        """Folder of the report."""
        return self.path / "report"

    @property
    def folds(self) -> Path:
        """File with the folds."""
        return self.path / "folds.json"

    def run(self, name: str) -> Path:
        """Folder of a run; it is there once the run has begun."""
        return self.path / "runs" / name

    def begun(self) -> list[str]:
        """Names of the runs that have a folder."""
        folder = self.path / "runs"
        if not folder.is_dir():
            return []
        return [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]

    def failure(self, name: str) -> Path:
        """File that says why a run failed."""
        return self.run(name) / "failure.json"

    def lock(self, name: str) -> FileLock:
        """Return the lock that whoever works on a run holds; it ends with their process."""
        return self._lock(f"{name}.lock")

    def driver_lock(self) -> FileLock:
        """Return the lock that whoever drives the study holds; it ends with their process."""
        return self._lock("study.lock")

    def is_driven(self) -> bool:
        """Tell whether someone drives the study at this moment."""
        try:
            with self.driver_lock():
                return False
        except Timeout:
            return True
        except OSError:  # a study on a disk that is only read: nobody works there
            return False

    def state(self, name: str) -> State:
        """Return how far a run is, by what its folder holds."""
        path = self.run(name)
        # An evaluation writes its metrics last: where they are, everything else is.
        if (path / "metrics.json").is_file():
            return State.DONE
        if self.failure(name).is_file():
            return State.FAILED
        return State.BEGUN if (path / "run.json").is_file() else State.WAITING

    def progress(self, name: str) -> Progress | None:
        """Return how far a run is in its epochs, if that is known."""
        return read_progress(self.run(name))

    def reason(self, name: str) -> str:
        """Return why a run failed, in a line."""
        try:
            return str(read_json(self.failure(name))["reason"])
        except (InputError, KeyError, TypeError):
            return "reason unknown"

    def _lock(self, name: str) -> FileLock:
        folder = self.path / "locks"
        folder.mkdir(exist_ok=True)
        return FileLock(folder / name, timeout=0)
