"""The live view of a study: every run on a terminal, one line an event elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice

from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from anascope.cli._output import errors, loudness
from anascope.studies import PlannedRun, Progress, RunEnded, StudyBegan, StudyFolder
from anascope.studies import longest_first as in_order
from anascope.workers import Event, Tick, Watcher, unwatched

_ROWS = 24  # trainings shown at once; of larger grids those where something goes on

_AT_LEAST = 0.2  # seconds between two pictures: thousands of short runs end faster


@contextmanager
def study_view() -> Iterator[Watcher]:
    """Show a study on standard error while the body runs."""
    if loudness.quiet or not errors.is_terminal:
        yield unwatched if loudness.quiet else Lines()
        return
    with Live(console=errors, auto_refresh=False, transient=False) as live:
        yield View(live)


class Lines:
    """One line for each run that ends."""

    def __call__(self, event: Event) -> None:
        """Say how much there is to do, and that a run has ended."""
        if isinstance(event, StudyBegan):
            self._clock = Clock(event.study, event.done, event.slots)
            self._ended, self._total = len(event.done), len(event.study.runs)
            self._say(
                f"{self._total} runs, {self._ended} of them done before, {event.slots} at a time"
            )
        elif isinstance(event, RunEnded):
            self._clock.ended(event.run)
            self._ended += 1
            seconds_left = self._clock.seconds_left()
            end = f"failed: {event.failure}" if event.failure else "done"
            self._say(
                f"{self._ended}/{self._total}  {event.run.name}  {end}"
                + (f"  (left: {_duration(seconds_left)})" if seconds_left else "")
            )

    def _say(self, text: str) -> None:
        errors.print(text, soft_wrap=True, markup=False, highlight=False)


class View:
    """A table of trainings by folds, what runs, what failed, and the time left."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __call__(self, event: Event) -> None:
        """Remember what has happened; draw anew at a tick, unless that was a moment ago."""
        if isinstance(event, StudyBegan):
            self._study = event.study
            self._clock = Clock(event.study, event.done, event.slots)
            self._done = {run.name for run in event.done}
            self._failed: dict[str, str] = {}
            self._show()
        elif isinstance(event, RunEnded):
            self._clock.ended(event.run)
            if event.failure is None:
                self._done.add(event.run.name)
            else:
                self._failed[event.run.name] = event.failure
            if len(self._done) + len(self._failed) == len(self._study.runs):
                self._show()
        elif isinstance(event, Tick) and time.monotonic() - self._shown > _AT_LEAST:
            self._show()

    def _show(self) -> None:
        self._shown = time.monotonic()
        running = self._clock.running()
        self._live.update(Group(*self._lines(running)), refresh=True)

    def _lines(self, running: dict[str, Progress]) -> Iterator[RenderableType]:
        study = self._study
        seconds_left = self._clock.seconds_left()
        yield Text.assemble(
            (f"{study.path.name}", "bold"),
            f"  {len(self._done)} of {len(study.runs)} runs done"
            f", {len(running)} running, {len(self._failed)} failed"
            f", {len(study.runs) - len(self._done) - len(running) - len(self._failed)} waiting"
            f"   time left {_duration(seconds_left) if seconds_left else 'not known yet'}",
        )
        yield self._grid(running)
        for run in study.runs:
            if run.name in running:
                yield Text(
                    f"  {run.training.label}, fold {run.fold}: {_stage(run, running[run.name])}"
                )
        for name, reason in list(self._failed.items())[-5:]:
            yield Text(f"  failed: {name}: {reason}", style="red")

    def _grid(self, running: dict[str, Progress]) -> Table:
        folds = list(dict.fromkeys(run.fold for run in self._study.runs))
        rows: dict[str, dict[str, PlannedRun]] = {}
        for run in self._study.runs:
            rows.setdefault(run.training.label, {})[run.fold] = run
        if len(rows) > _ROWS:
            rows = {
                label: runs
                for label, runs in rows.items()
                if any(run.name in running or run.name in self._failed for run in runs.values())
            }
        table = Table(header_style="bold", box=None, padding=(0, 2))
        table.add_column("training")
        for fold in folds:
            table.add_column(fold, justify="right")
        for label, runs in list(rows.items())[:_ROWS]:
            table.add_row(label, *(self._cell(runs[fold], running) for fold in folds))
        return table

    def _cell(self, run: PlannedRun, running: dict[str, Progress]) -> Text:
        if run.name in self._done:
            return Text("done", style="green")
        if run.name in self._failed:
            return Text("failed", style="red")
        if run.name in running:
            progress = running[run.name]
            return Text(f"{int(progress.epochs_done)}/{progress.epochs}", style="cyan")
        return Text("·", style="dim")


class Clock:
    """What is running, and how long the rest will take at the pace so far.

    Runs are begun in one order, so those that run are the first ``slots`` that have not ended:
    only their files are looked at, however large the grid.
    """

    def __init__(self, study: StudyFolder, done: Sequence[PlannedRun], slots: int) -> None:
        self._study = study
        self._slots = slots
        names = {run.name for run in done}
        self._open = {run.name: run for run in in_order(study.runs) if run.name not in names}
        self._epochs_left = float(sum(run.preset.training.epochs for run in self._open.values()))
        self._epochs_before: float | None = None
        self._epochs_ended = 0.0
        self._started = time.monotonic()

    def running(self) -> dict[str, Progress]:
        """Return the progress of the runs that run."""
        running = {}
        for name in islice(self._open, self._slots):
            progress = self._study.layout.progress(name)
            if progress is not None:
                running[name] = progress
        return running

    def ended(self, run: PlannedRun) -> None:
        """Note that a run has ended."""
        if self._open.pop(run.name, None):
            self._epochs_ended += run.preset.training.epochs

    def seconds_left(self) -> float | None:
        """Return the seconds that the rest will take, or None while nothing can be said."""
        done = self._epochs_ended + sum(p.epochs_done for p in self.running().values())
        if self._epochs_before is None:  # of runs that were begun before
            self._epochs_before = done
        gained = done - self._epochs_before
        if gained < 1:
            return None
        return (time.monotonic() - self._started) / gained * (self._epochs_left - done)


def _stage(run: PlannedRun, progress: Progress) -> str:
    if progress.evaluating:
        return "measuring test patients"
    losses = "  ".join(
        f"{task} {loss:z.3f}" for task, loss in zip(run.preset.tasks, progress.losses, strict=False)
    )
    return (
        f"epoch {progress.epoch} of {progress.epochs}, step {progress.step} of {progress.steps}"
        + (f", losses: {losses}" if losses else "")
    )


def _duration(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
