"""The image files that paths name: files, folders, globs, and lists on standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anascope.errors import InputError
from anascope.files import is_written_by_anascope
from anascope.images import (
    DICOM_SUFFIXES,
    EXPECTED,
    IMAGE_SUFFIXES,
    MICROSCOPE_SUFFIXES,
    spelled,
)
from anascope.names import natural
from anascope.reading._records import NotRead
from anascope.regular_files import why_not

LIST = "-"
"""Stands for a list of paths on standard input."""

_MOST_LIST = 100_000_000  # bytes, which is about a million paths

_SUFFIXES = IMAGE_SUFFIXES | MICROSCOPE_SUFFIXES | DICOM_SUFFIXES
_OURS = "in a folder that anascope has written; expected the image of a field"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file.

    Attributes:
        path: Where it is.
        root: The folder that was given and that it was found in, or None if it was given itself.
    """

    path: Path
    root: Path | None = None


def list_files(
    paths: Sequence[str | Path], standard_input: BinaryIO | None = None
) -> Iterator[Listed | NotRead]:
    """Yield every image file that ``paths`` name, once; and what cannot be looked at.

    A folder is looked through with all below it, in natural order. Of a folder only files with the
    ending of an image are taken; hidden files and folders that anascope itself has written are
    passed over. A file that is named outright is taken whatever it is called, but for one in such a
    folder: what is drawn there is no field.

    Args:
        paths: Files, folders, patterns such as ``plate/*.tif``, or ``-``.
        standard_input: What ``-`` reads: a path a line, or a path between null bytes.
    """
    paths_by_inode: dict[tuple[int, int], Path] = {}
    ours = _OurFolders()
    for listed in _all(paths, standard_input, ours):
        if isinstance(listed, NotRead):
            yield listed
            continue
        if listed.root is None and ours.hold(listed.path.parent):
            yield NotRead(spelled(listed.path), _OURS)
            continue
        try:
            status = listed.path.stat()
        except OSError:  # a link to nothing: whoever reads it says so
            yield listed
            continue
        path = paths_by_inode.setdefault((status.st_dev, status.st_ino), listed.path)
        if path is listed.path:
            yield listed
        else:
            yield NotRead(
                spelled(listed.path), f"the same file as {spelled(path)}; expected each file once"
            )


class _OurFolders:
    """Which folders anascope has written; each is looked at once."""

    def __init__(self) -> None:
        self._is_ours: dict[Path, bool] = {}

    def hold(self, folder: Path) -> bool:
        """Tell whether anascope has written a folder, or one that it is in."""
        folder = folder.absolute()
        return any(map(self.include, (folder, *folder.parents)))

    def include(self, folder: Path) -> bool:
        """Tell whether anascope has written all of this folder."""
        if folder not in self._is_ours:
            self._is_ours[folder] = is_written_by_anascope(folder)
        return self._is_ours[folder]


def _all(
    paths: Iterable[str | Path], standard_input: BinaryIO | None, ours: _OurFolders
) -> Iterator[Listed | NotRead]:
    for path in paths:
        if str(path) == LIST and standard_input is not None:
            content = standard_input.read(_MOST_LIST + 1)
            if len(content) > _MOST_LIST:
                found = f"a list of more than {_MOST_LIST} bytes"
                raise InputError("standard input", found, "fewer paths, or folders")
            for line in _lines(content):
                yield from _at(Path(line), ours, patterns=False)
        else:
            yield from _at(Path(path), ours, patterns=True)


def _lines(content: bytes) -> list[str]:
    """Return the paths of a list; blank lines are passed over."""
    lines = content.split(b"\0") if b"\0" in content else content.splitlines()
    return [os.fsdecode(line) for line in lines if line.strip()]


def _at(path: Path, ours: _OurFolders, *, patterns: bool) -> Iterator[Listed | NotRead]:
    try:
        folder = bool(path.stat()) and path.is_dir()
    except (OSError, ValueError) as error:
        fitting = sorted(_fitting(path), key=natural) if patterns else []
        if not fitting:
            yield NotRead(spelled(path), f"{why_not(path, error)}; expected {EXPECTED}")
        for name in fitting:
            if not ours.hold(Path(name)):
                yield from _at(Path(name), ours, patterns=False)
        return
    if not folder:
        yield Listed(path)
        return
    if ours.hold(path):
        yield NotRead(spelled(path), _OURS)
        return
    empty = True
    for listed in _below(path, path, (), ours):
        empty = False
        yield listed
    if empty:
        yield NotRead(spelled(path), f"a folder without an image; expected {EXPECTED}")


def _fitting(path: Path) -> list[str]:
    """Return what a pattern fits; nothing if it is none."""
    if not glob.has_magic(str(path)) or "\0" in str(path):
        return []
    # Each ** after another finds the same files again, for every depth at which they may be.
    parts = [
        part
        for part, before in zip(path.parts, ("", *path.parts), strict=False)
        if part != "**" or before != "**"
    ]
    pattern = str(Path(*parts))
    return list(set(glob.glob(pattern, recursive=True)))  # noqa: PTH207 - may be absolute


def _below(
    folder: Path, root: Path, above: tuple[tuple[int, int], ...], ours: _OurFolders
) -> Iterator[Listed | NotRead]:
    """Yield what is in a folder: its files, then folder by folder what is below."""
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: natural(entry.name))
    except OSError as error:
        yield NotRead(spelled(folder), f"{why_not(folder, error)}; expected a folder")
        return
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        yield NotRead(
            spelled(folder), "a link to a folder that contains it; expected folders without loops"
        )
        return
    if ours.include(folder.absolute()):
        return  # what is drawn there is no field
    folders = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        if _is_folder(entry):
            folders.append(entry)
        elif path.suffix.lower() in _SUFFIXES:
            yield Listed(path, root)
    for entry in folders:
        yield from _below(Path(entry.path), root, (*above, identity), ours)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False
