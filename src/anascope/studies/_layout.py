"""Where everything is in a study folder, and how far its runs are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from anascope.errors import InputError
from anascope.files import FolderFile, PathIn
from anascope.folder_lock import is_held
from anascope.run_files import RunFiles
from anascope.settings import read_file
from anascope.studies._progress import Progress
from anascope.studies._result_files import check_results


class State(Enum):
    """The state of a run."""

    DONE = "done"
    DAMAGED = "damaged"
    FAILED = "failed"
    BEGUN = "begun"
    WAITING = "waiting"


@dataclass(frozen=True)
class Failure:
    """Why a run failed.

    Attributes:
        reason: In a line.
        traceback: Where in the code, line by line.
    """

    reason: str
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The paths in a study folder; runs are named as in the plan.

    Attributes:
        path: The study folder.
    """

    path: Path

    description = PathIn(FolderFile.STUDY)
    grid = PathIn("study.yaml")
    preset = PathIn("preset.yaml")
    folds = PathIn("folds.json")
    runs = PathIn("runs")
    report = PathIn("report")
    driver_lock = PathIn("locks/study.lock")
    """What whoever drives the study holds; it ends with their process."""

    def run(self, name: str) -> Path:
        """Folder of a run; it exists once the run has begun."""
        return self.runs / name

    def files(self, name: str) -> RunFiles:
        """Return the paths in that folder."""
        return RunFiles(self.run(name))

    def begun(self) -> list[str]:
        """Names of the runs that have a folder."""
        if not self.runs.is_dir():
            return []
        return [entry.name for entry in self.runs.iterdir() if not entry.name.startswith(".")]

    def failure(self, name: str) -> Path:
        """File that says why a run failed."""
        return self.files(name).failure

    def lock(self, name: str) -> Path:
        """Lock that the process that works on a run holds; it ends with that process."""
        return self.path / "locks" / f"{name}.lock"

    def is_driven(self) -> bool:
        """Return whether a process drives the study at this moment."""
        return is_held(self.driver_lock)

    def state(self, name: str) -> State:
        """Return the state of a run, by the content of its folder."""
        files = self.files(name)
        # An evaluation writes its metrics last: where they are, everything else is.
        if files.metrics.exists():  # or something else in its place: then it is damaged
            return State.DONE
        if files.failure.exists():
            return State.FAILED
        return State.BEGUN if files.description.is_file() else State.WAITING

    def looked_at(self, name: str, fold: str) -> tuple[State, str | None]:
        """Return the state of a run after its results were checked, and the reason in one line.

        Args:
            name: The run.
            fold: That it tests.

        Returns:
            The state: ``DAMAGED`` where the run is done and a file of its results is damaged; and
            the reason of a run that is damaged or failed, else None.
        """
        state = self.state(name)
        if state is State.FAILED:
            return state, self.reason(name)
        if state is State.DONE:
            try:
                check_results(self.files(name), fold)
            except InputError as error:
                return State.DAMAGED, str(error)
        return state, None

    def progress(self, name: str) -> Progress | None:
        """Return how far a run is in its epochs, or None where that is not known.

        A damaged file, or one of another version, is ignored.
        """
        try:
            return read_file(Progress, self.files(name).progress)
        except InputError:
            return None

    def reason(self, name: str) -> str:
        """Return why a run failed, in a line."""
        try:
            return read_file(Failure, self.failure(name)).reason
        except InputError:
            return "reason unknown"
