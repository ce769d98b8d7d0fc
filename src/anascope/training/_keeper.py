"""What is kept of a training while it goes on, when it is stopped and when it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress

import torch

from anascope.errors import AnascopeError, WriteError
from anascope.models import Learned
from anascope.training._checkpoint_writer import CheckpointWriter
from anascope.training._checkpoints import remove_checkpoints
from anascope.training._history import write_history
from anascope.training._run import Run
from anascope.training._run_model import BEST_WEIGHTS, write_run_model
from anascope.training._state_copy import State, StateCopy
from anascope.words import Vocabulary

Clock = Callable[[], float]
"""Returns seconds that only grow."""


class Keeper:
    """Keeps what a training has reached.

    After every epoch its state is copied in memory, and its row goes into the history. Every few
    minutes the copy is written as a checkpoint, while the training goes on. A training that is
    stopped leaves the checkpoint of its last whole epoch, and the model so far; one that is killed
    leaves the checkpoint before. When the training has ended, the model is written, and the last
    row of the history at the very end: a whole history says that everything else is there.

    Args:
        run: Where it is kept.
        vocabulary: What the network tells apart.
        learned: Which of its heads have something to learn from.
        state: Returns the state of the training as it is now, which is asked for between epochs.
        device: Of the training.
        extendable: Whether the run may be given more epochs when it has ended: the last checkpoint
            is then kept, else none is.
        clock: What minutes are measured by.
    """

    def __init__(
        self,
        run: Run,
        vocabulary: Vocabulary,
        learned: Learned,
        state: Callable[[], State],
        *,
        device: torch.device,
        extendable: bool = True,
        clock: Clock = time.monotonic,
    ) -> None:
        training = run.preset.training
        keeps_all = training.keep_checkpoints == "all"
        self._run, self._state = run, state
        self._vocabulary, self._learned = vocabulary, learned
        self._keeps_last = keeps_all or extendable
        self._every = 0.0 if keeps_all else 60 * training.checkpoint_minutes
        self._clock, self._since = clock, clock()
        self._copy = StateCopy()
        self._writer = CheckpointWriter(
            run.checkpoints,
            keep=training.keep_checkpoints,
            newest=state()["epoch"],
            device=device,
        )
        self._stands = True  # between two epochs
        self._ended = False

    def epoch_begins(self) -> None:
        """Note that from now on the state changes."""
        self._stands = False

    def epoch_ends(self) -> None:
        """Keep what has been reached, in an epoch that is not the last.

        Raises:
            WriteError: if that cannot be written, or the checkpoint before could not be.
        """
        self._stands = True
        self._writer.check()
        state = self._state()
        self._copy.take(state, as_is=(BEST_WEIGHTS,), anew=self._writer.is_writing)
        now = self._clock()
        if now - self._since >= self._every:
            self._since = now
            assert self._copy.state is not None
            self._writer.begin(self._copy.state)
        write_history(self._run.history, state["rows"])

    def training_ends(self) -> None:
        """Write the model, and what else there is to be of a run that has ended.

        Raises:
            WriteError: if that cannot be written, or the checkpoint before could not be.
        """
        self._stands = True
        self._writer.finish()
        state = self._state()
        write_run_model(self._run, self._vocabulary, self._learned, state)
        if self._keeps_last:
            self._writer.write(state)
        write_history(self._run.history, state["rows"])
        self._ended = True
        if not self._keeps_last:
            remove_checkpoints(self._run.checkpoints)

    def stopped_by(self, error: BaseException) -> None:
        """Write the last whole epoch's checkpoint, and the model so far.

        Not where an error of ours says that the run cannot go on.

        Args:
            error: What stops the training: Ctrl-C, say.

        Raises:
            WriteError: if something that asks the training to end finds that it cannot be kept.
        """
        state = self._state() if self._stands else self._copy.state
        if isinstance(error, AnascopeError) or self._ended or not state or not state["rows"]:
            return
        # Of other errors, such as of a GPU without memory, the first one tells more.
        with suppress(Exception) if isinstance(error, Exception) else nullcontext():
            with suppress(WriteError):  # what could not be written may be now
                self._writer.finish()
            self._writer.write(state)
            write_run_model(self._run, self._vocabulary, self._learned, state)

    def close(self) -> None:
        """Wait for what is being written, whatever becomes of it."""
        with suppress(WriteError):
            self._writer.finish()
