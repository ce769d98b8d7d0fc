"""A process beside the desk's pages that reads what arrives, and is started again if it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Self

_PAUSES = (1.0, 5.0, 30.0, 60.0)  # seconds before it is started again, the more often it ended
_LASTED = 300.0  # seconds after which a process that ended counts as the first
_GRACE = 10.0  # seconds that it has to end by itself


class Beside:
    """Keeps a process running for as long as a context lasts.

    The process has a low priority, so that pages stay fast. It hears through its standard input,
    which ends with this process however that ends, that it is to end (:func:`end_with_input`).

    Attributes:
        starts: How often it was started.

    Args:
        command: Its command line.
        say: Is told, in one line, that it has ended and is started again.
        pauses: Seconds before it is started again, the more often it ended; the last holds on.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        say: Callable[[str], None] = lambda line: None,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        self._command, self._say, self._pauses = list(command), say, pauses
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="watch", daemon=True)
        self.starts = 0

    @property
    def runs(self) -> bool:
        """Whether the process runs at this moment."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def process(self) -> int | None:
        """The number of the process, or None before it has begun."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        with self._lock:
            process = self._process
        if process is not None:
            _end(process)
        self._thread.join()

    def _keep(self) -> None:
        failures = 0
        while not self._over.is_set():
            with self._lock:
                if self._over.is_set():
                    return
                # In a session of its own: Ctrl-C is for this process, which ends that one.
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, start_new_session=True
                )
                self.starts += 1
            began = time.monotonic()
            status = self._process.wait()
            _close(self._process)
            failures = failures + 1 if time.monotonic() - began < _LASTED else 1
            if self._over.is_set():
                return
            pause = self._pauses[min(failures, len(self._pauses)) - 1]
            self._say(f"the reading of new images ended ({_how(status)}); again in {pause:g} s")
            self._over.wait(pause)


def end_with_input(file: IO[str] | None = None) -> None:
    """End this process, as SIGTERM does, once its standard input has ended.

    Args:
        file: Stands in for standard input.
    """
    given = file or sys.stdin

    def wait() -> None:
        with suppress(OSError, ValueError):
            while given.read(1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="end with input", daemon=True).start()


def give_way() -> None:
    """Let other processes of this machine go first."""
    if hasattr(os, "nice"):
        os.nice(10)


def _end(process: subprocess.Popen[bytes]) -> None:
    _close(process)
    for more in (process.terminate, process.kill):
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            more()
        else:
            return
    process.wait()


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(OSError):  # it has ended
            process.stdin.close()


def _how(status: int) -> str:
    if status < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"
