"""What the system says when something cannot be written, in words and with the place."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anascope.errors import WriteError, one_line

_ROOM = "room on the disk"
_ALLOWED = "a folder with permission to write"
_FOLDER = "a folder, or nothing yet"

# By name, as some systems lack some of them.
_WORDS: dict[str, tuple[str, str]] = {
    "ENOSPC": ("the disk is full", _ROOM),
    "EDQUOT": ("the disk quota is used up", _ROOM),
    "EFBIG": ("the file is larger than is allowed here", "a file system for large files"),
    "EROFS": ("the disk is read-only", _ALLOWED),
    "EACCES": ("no permission", _ALLOWED),
    "EPERM": ("no permission", _ALLOWED),
    "ENOENT": ("its folder is gone", "a folder that stays while it is written to"),
    "ENOTDIR": ("a file is there where a folder is needed", _FOLDER),
    "EEXIST": ("a file is there where a folder is needed", _FOLDER),
    "EISDIR": ("a folder has that name", "no folder of that name"),
    "ENOTEMPTY": ("another process has put something there", "a new or an empty folder"),
    "ENODEV": ("there is no such device", "a disk that is there"),
    "ENXIO": ("there is no such device", "a disk that is there"),
    "EIO": ("the disk reports an input/output error", "a disk without errors"),
    "ESTALE": ("the network disk has lost it", "a disk that is there"),
    "EMFILE": ("too many files are open", "a higher limit of open files (ulimit -n)"),
    "ENFILE": ("too many files are open on this machine", "fewer programs at the same time"),
    "ENAMETOOLONG": ("the name is too long", "a shorter path"),
    "ENOLCK": ("the disk cannot lock files", "a disk that can"),
    "EOPNOTSUPP": ("the disk cannot lock files", "a disk that can"),
}

# Subclasses of OSError that have nothing to do with files.
_OF_NO_FILE = (ConnectionError, TimeoutError, ChildProcessError, ProcessLookupError)


def in_words(error: OSError) -> tuple[str, str]:
    """Return what the system says, in words, and what it would have to be instead.

    >>> in_words(OSError(errno.ENOSPC, "No space left on device"))
    ('the disk is full', 'room on the disk')
    """
    name = errno.errorcode.get(error.errno or 0, "")
    message = one_line(error.strerror or str(error)) or type(error).__name__
    if error.errno == errno.ENOENT and error.filename is None:  # no file is meant
        name = ""
    return _WORDS.get(name, (message, _ALLOWED))


@contextmanager
def writing(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Say in one line, with its place, why the body cannot write ``path``.

    What the system says of other files passes: of an image, say, that is read meanwhile.

    Args:
        path: The file or folder that is written.
        temporary: What is written until that takes the name ``path``; messages say ``path``.

    Raises:
        WriteError: if the body raises an :class:`OSError` that names ``path``, a folder above it
            or something in it, or names no file, as the system does for what is open already.
    """
    try:
        yield
    except WriteError as error:  # of something in the folder that is being filled
        if temporary is None or not Path(error.where).is_relative_to(temporary):
            raise
        where = path / Path(error.where).relative_to(temporary)
        raise WriteError(where, error.found, error.expected) from error
    except OSError as error:
        if not _is_of(error, path, temporary or path):
            raise
        raise write_error(path, error) from error


def write_error(path: Path, error: OSError) -> WriteError:
    """Return that ``path`` cannot be written, for the reason that the system gave."""
    found, expected = in_words(error)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        above = (parent for parent in [*reversed(path.parents), path] if parent.is_file())
        path = next(above, path)
    return WriteError(path, f"cannot be written ({found})", expected)


def _is_of(error: OSError, path: Path, temporary: Path) -> bool:
    if isinstance(error, _OF_NO_FILE):
        return False
    if error.filename is None or isinstance(error.filename, int):  # what is open already
        return True
    named = Path(os.fsdecode(error.filename)).absolute()
    return named.is_relative_to(temporary.absolute()) or path.absolute().is_relative_to(named)
