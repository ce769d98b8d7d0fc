"""A lock on a folder, with the name of its holder: two processes must not write one folder.

The system holds the lock and gives it up when its process ends, however it ends: one that is left
by a killed process is free. Between machines it holds as far as their common storage passes locks
on; NFS, with its lock service, does.
"""

from __future__ import annotations

import datetime
import getpass
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from anascope.errors import InputError
from anascope.settings import read_file, write_file
from anascope.writing import writing

LOCK = ".anascope.lock"
"""Name of the lock in a folder. It stays there: to remove it could let two processes hold it."""

_HOLDER = ".holder"
_GRACE = 0.5  # seconds: whoever looks whether a lock is held has it for a moment


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock.

    Attributes:
        process: Its number.
        user: Whose it is.
        host: On which machine.
        since: When it took the lock.
    """

    process: int
    user: str
    host: str
    since: datetime.datetime

    def __str__(self) -> str:
        since = self.since.astimezone().strftime("%Y-%m-%d %H:%M")
        return f"process {self.process} of {self.user} on {self.host}, since {since}"


class LockHeld(InputError):
    """Another process writes this folder."""


@contextmanager
def folder_lock(
    folder: Path,
    *,
    wait: bool | float = False,
    waiting: Callable[[str], None] = lambda holder: None,
) -> Iterator[None]:
    """Hold the lock of ``folder``, which is made if it is not there.

    Args:
        folder: The folder.
        wait: Whether to wait until the lock is free: seconds, or True for as long as it takes.
        waiting: Is told who holds it, once, before it is waited for.

    Raises:
        LockHeld: if another process holds it, and still does after the time to wait.
        WriteError: if the folder cannot be written.
    """
    with holding(folder / LOCK, folder, wait=wait, waiting=waiting):
        yield


@contextmanager
def holding(
    lock: Path,
    guarded: Path,
    *,
    wait: bool | float = False,
    waiting: Callable[[str], None] = lambda holder: None,
) -> Iterator[None]:
    """Hold the lock file ``lock``, which guards the file or folder ``guarded``.

    Args:
        lock: The lock file; it is made with the folders above it.
        guarded: What messages name.
        wait, waiting: As for :func:`folder_lock`.

    Raises:
        LockHeld, WriteError: as :func:`folder_lock`.
    """
    held = FileLock(lock)
    with writing(guarded, lock.parent):
        lock.parent.mkdir(parents=True, exist_ok=True)
        if not _taken(held, _GRACE):
            if wait is False:
                raise _refusal(lock, guarded)
            waiting(_holder_of(lock))
            if not _taken(held, -1 if wait is True else wait):
                raise _refusal(lock, guarded)
    record = _record(lock)
    try:
        with writing(guarded, record):
            write_file(record, _this_process())
        yield
    finally:
        with suppress(OSError):
            record.unlink()
        held.release()


def is_held(lock: Path) -> bool:
    """Tell whether a process holds the lock file ``lock`` at this moment; writes nothing."""
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # on a disk that is only read: nobody works there
        return False


def _taken(lock: FileLock, seconds: float) -> bool:
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return False
    return True


def _refusal(lock: Path, guarded: Path) -> LockHeld:
    expected = "to wait until that has ended, or another folder"
    return LockHeld(guarded, f"in use by {_holder_of(lock)}", expected)


def _holder_of(lock: Path) -> str:
    try:
        return str(read_file(Holder, _record(lock)))
    except InputError:  # it has not said so yet
        return "another process"


def _record(lock: Path) -> Path:
    return lock.with_name(lock.name + _HOLDER)


def _this_process() -> Holder:
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return Holder(os.getpid(), _user(), socket.gethostname(), now)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        return "an unnamed user"
