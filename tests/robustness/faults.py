"""Faults at the nth change of a folder: an error of the disk, or the end of the process."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

KILL = 0
"""In place of the number of an error: the process ends at once, as a kill does."""

DISK_FULL, DENIED = errno.ENOSPC, errno.EACCES


class Faults:
    """Counts the changes of a folder, and has one of them fail.

    A change is a file opened to write, synced, renamed or removed, or a folder made or removed:
    all that Python knows of. What is written into a file that is open is not seen.

    Args:
        folder: Which folder; it need not be there.
        at: Which change fails; none if 0.
        fault: The number of the error, or :data:`KILL`.
        for_good: Whether all that follow fail as well, as on a full disk.
    """

    def __init__(
        self, folder: Path, at: int = 0, fault: int = KILL, *, for_good: bool = False
    ) -> None:
        self.count = 0
        self._for_good = for_good
        self._folder = str(folder)
        self._at = at
        self._fault = fault

    def change(self, path: str) -> None:
        """Take note of a change of ``path``; raise its fault if it is the one to fail."""
        if not path.startswith(self._folder):
            return
        self.count += 1
        if self.count != self._at and not (self._for_good and self.count > self._at):
            return
        if self._fault == KILL:
            os._exit(9)
        raise OSError(self._fault, os.strerror(self._fault), path)


@contextmanager
def faulty(faults: Faults) -> Iterator[Faults]:
    """Have the changes of this process, in all its threads, pass through ``faults``."""
    global _faults
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked.append(True)
    sync = os.fsync
    setattr(os, "fsync", _syncing(sync))  # noqa: B010 - its type is not that of any function
    _faults = faults
    try:
        yield faults
    finally:
        _faults = None
        os.fsync = sync


_faults: Faults | None = None
_hooked: list[bool] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    faults = _faults
    if faults is None or not (event == "open" or event in _CHANGES):
        return
    path = arguments[0]
    if event == "open" and not arguments[2] & _WRITES:
        return
    if isinstance(path, str | os.PathLike):
        faults.change(os.fspath(path))


def _syncing(sync: Callable[[int], None]) -> Callable[[Any], None]:
    def fsync(handle: int) -> None:
        if _faults is not None:
            _faults.change(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    return fsync
