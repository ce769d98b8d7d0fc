"""Checkpoints are written beside the training, in a thread of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import torch

from anascope.training._checkpoints import save_checkpoint
from anascope.training._state_copy import State


class CheckpointWriter:
    """Writes checkpoints one at a time: each appears whole, or not at all.

    Args:
        folder: Folder of the checkpoints.
        keep: ``last`` or ``all``, as for :func:`save_checkpoint`.
        newest: Epoch of the newest existing one; 0 if there is none.
        device: Device of the training, whose tensors are read without delaying it.

    Attributes:
        newest: The same, as they are written.
    """

    def __init__(self, folder: Path, *, keep: str, newest: int, device: torch.device) -> None:
        self.newest = newest
        self._folder, self._keep, self._device = folder, keep, device
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    @property
    def is_writing(self) -> bool:
        """Whether one is being written, so that its tensors must stay as they are."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, state: State) -> None:
        """Begin to write the checkpoint of ``state['epoch']`` after the previous one is written.

        Args:
            state: Its tensors must stay as they are until :attr:`is_writing` is false.

        Raises:
            WriteError: if the previous one could not be written.
        """
        self.finish()
        copied = torch.cuda.current_stream().record_event() if self._on_gpu else None
        self._thread = Thread(target=self._write, args=(state, copied), name="checkpoint")
        self._thread.start()

    def check(self) -> None:
        """Raise an error if a checkpoint could not be written.

        Raises:
            WriteError: as :func:`save_checkpoint` does.
        """
        error, self._error = self._error, None
        if error is not None:
            raise error

    def finish(self) -> None:
        """Wait until the present checkpoint is written.

        Raises:
            WriteError: if it could not be written.
        """
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.check()

    def write(self, state: State) -> None:
        """Write the checkpoint of ``state['epoch']``, if it is newer than the existing ones.

        Raises:
            WriteError: if it cannot be written.
        """
        if state["epoch"] > self.newest:
            save_checkpoint(self._folder, state["epoch"], state, keep=self._keep)
            self.newest = state["epoch"]

    @property
    def _on_gpu(self) -> bool:
        return self._device.type == "cuda"

    def _write(self, state: State, copied: torch.cuda.Event | None) -> None:
        try:
            with self._beside_training(copied):
                self.write(state)
        except BaseException as error:  # raised again where the training notices it
            self._error = error

    @contextmanager
    def _beside_training(self, copied: torch.cuda.Event | None) -> Iterator[None]:
        """Have this thread use the GPU once ``copied`` has come, without waiting for steps."""
        if copied is None:
            yield
            return
        stream = torch.cuda.Stream(self._device)
        stream.wait_event(copied)
        with torch.cuda.device(self._device), torch.cuda.stream(stream):
            yield
