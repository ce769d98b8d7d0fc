"""Ctrl-C and SIGTERM: the command ends by itself, in one line that says how to go on."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

GO_ON = {
    "adapt": "start the same command again to continue",
    "read": "start the same command again to continue",
    "train": "start the same command again with --resume to continue",
    "recipe run": "start the same command again to continue",
    "study run": "start the same command again to continue",
    "desk import": "start the same command again to continue",
    "desk serve": "start the same command again to serve it again",
}
"""How commands go on that keep what they have finished; the others write all or nothing."""

_BEGIN_ANEW = "nothing is half-written; start the command again"


class Interrupted(KeyboardInterrupt):
    """A signal has asked the process to end.

    Args:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal = signal.Signals(number)

    @property
    def status(self) -> int:
        """The exit status, as shells give it: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.signal


class Stopped(BaseException):
    """A command has been interrupted, and everything that it had begun has ended.

    Args:
        interrupt: What interrupted it.
        command: Its words, such as ``study run``.
    """

    def __init__(self, interrupt: KeyboardInterrupt, command: str) -> None:
        asked = interrupt if isinstance(interrupt, Interrupted) else Interrupted(signal.SIGINT)
        self.status = asked.status
        by = "" if asked.signal == signal.SIGINT else f" by {asked.signal.name}"
        kept = f"what is finished is kept; {GO_ON[command]}" if command in GO_ON else _BEGIN_ANEW
        super().__init__(f"interrupted{by}; {kept}")


def hear_signals() -> None:
    """From now on have SIGINT and SIGTERM raise :class:`Interrupted`.

    One that this process was started to ignore, as in the background of a shell, stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def stop_hearing() -> None:
    """From now on let SIGINT and SIGTERM end the process at once: nothing is left to clear up."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> Any:
    raise Interrupted(number)
