"""Files that a user names, read whole: regular files only, and none larger than a bound.

Opening a pipe waits for ever, and a device has no end. Both are refused before they are opened.

>>> from pathlib import Path
>>> from anascope.regular_files import read_regular
>>> read_regular(Path("/dev/zero"), "/dev/zero", "a table", most=1000)
Traceback (most recent call last):
anascope.errors.InputError: /dev/zero: a pipe, socket or device; expected a table
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from anascope.errors import InputError


def regular_size(path: Path, where: str, expected: str) -> int:
    """Return how many bytes a regular file has, without opening it.

    Args:
        path: The file.
        where: What to name in messages.
        expected: What to ask for in messages.

    Raises:
        InputError: if there is no such file, or it is a folder, pipe, socket or device.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(where, why_not(path, error), expected) from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(where, "a folder", expected)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(where, "a pipe, socket or device", expected)
    return status.st_size


def read_regular(path: Path, where: str, expected: str, *, most: int) -> bytes:
    """Return the content of a regular file.

    Args:
        path: The file.
        where: What to name in messages.
        expected: What to ask for in messages.
        most: Bytes that it may have.

    Raises:
        InputError: if it is no regular file (:func:`regular_size`), cannot be read, or is larger.
    """
    size = regular_size(path, where, expected)
    try:
        with path.open("rb") as file:
            # Files of the system say that they are empty, and files may grow meanwhile.
            content = file.read(most + 1) if size <= most else b""
    except OSError as error:
        raise InputError(where, why_not(path, error), expected) from None
    if max(size, len(content)) > most:
        raise InputError(where, f"{max(size, len(content)):,} bytes", f"at most {most:,}")
    return content


def why_not(path: Path, error: OSError | ValueError) -> str:
    """Return in words why a path cannot be opened."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOENT:
        return "a broken link" if path.is_symlink() else "no such file"
    if number == errno.ELOOP:
        return "a link that leads back to itself"
    if number == errno.ENAMETOOLONG:
        return "a name that is too long"
    if number == errno.ENOTDIR:
        return "no such file"
    if number is None:
        return "a name that no file can have"
    return f"cannot be opened ({os.strerror(number)})"
