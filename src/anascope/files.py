"""Files that appear whole or not at all, and content hashes."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from filelock import FileLock, Timeout

from anascope.errors import InputError
from anascope.regular_files import read_regular
from anascope.writing import writing


class FolderFile(StrEnum):
    """The files that say what a folder holds that was written by anascope."""

    COHORT = "cohort.json"
    RUN = "run.json"
    STUDY = "study.json"
    READING = "reading.json"
    SPECIMENS = "specimens.json"
    SPECIMEN = "specimen.json"
    FIELD = "field.json"


_OF_WHOLE_FOLDERS = (
    FolderFile.COHORT,
    FolderFile.RUN,
    FolderFile.STUDY,
    FolderFile.SPECIMENS,
)
_FORMAT = re.compile(rb'"format":\s*"anascope-')

MOST_JSON_BYTES = 100_000_000
"""What a JSON file of ours can hold: more than a hundred thousand cells of a field."""

_HALF_PAIR = re.compile("[\ud800-\udfff]")
_NEW, _OLD = ".new", ".old"
"""How names of folders end that are being filled, or were moved aside to be replaced."""

_BUSY = ".lock"
"""How the names of locks end that stand beside new folders while somebody fills these."""

_HALF_WRITTEN = re.compile(r"\..+\.[0-9a-f]{8}(\.\w+)?")
"""Names of the temporary files of :func:`replacing`."""


def is_written_by_anascope(folder: Path) -> bool:
    """Tell whether all that a folder holds was written by anascope.

    A file of the right name is not enough: others may call theirs ``study.json`` as well.
    """
    for name in _OF_WHOLE_FOLDERS:
        with suppress(OSError):
            if _FORMAT.search((folder / name).read_bytes()):
                return True
    return False


class PathIn:
    """A place in a folder, named once: ``history = PathIn("history.csv")`` in a class with a path.

    Args:
        name: Of the file or folder.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, folder: Any, owner: type) -> Path:
        path: Path = folder.path / self.name
        return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside ``path`` to write; on success it takes the name ``path``.

    If the body raises, ``path`` stays as it was and the temporary file is removed. After success
    the file is on the disk: not even a power cut leaves half of it. A file in a folder that is
    being filled becomes whole together with that folder.

    Raises:
        WriteError: if the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}{path.suffix}")
    alone = not any(_is_unfinished(folder) for folder in path.parents)
    with writing(path, temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # The system applies the umask; asking for it would change it for all threads.
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield temporary
            if alone:
                _sync(temporary)
            temporary.replace(path)
            if alone:
                _sync(path.parent)
        finally:
            with suppress(OSError):  # it is gone, or the disk takes nothing any more
                temporary.unlink()


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path`` to fill; on success it takes the name ``path``.

    If the body raises, the temporary folder is removed, with what had to be made above it,
    and ``path`` never appears. What a killed process left of one is removed by the next call.

    Raises:
        InputError: if ``path`` exists already and is not an empty folder.
        WriteError: if it cannot be written.
    """
    path = path.resolve()
    _refuse_filled(path)
    _remove_left(path)
    name = f".{path.name}.{secrets.token_hex(4)}{_NEW}"
    with _filling(path, name) as temporary, _busy(path, temporary):
        yield temporary
        _sync_all(temporary)
        _refuse_filled(path)  # somebody else may have filled it meanwhile
        if path.exists():
            path.rmdir()
        temporary.replace(path)
        _sync(path.parent)


@contextmanager
def _busy(path: Path, temporary: Path) -> Iterator[None]:
    """Show others that this process fills ``temporary``, which is to be ``path``."""
    lock = temporary.with_name(temporary.name + _BUSY)
    held = FileLock(lock)
    with writing(path, lock):
        held.acquire()
    try:
        yield
    finally:
        with suppress(OSError):  # some systems remove it by themselves when it is released
            lock.unlink()
        held.release()


def _remove_left(path: Path) -> None:
    """Remove what killed processes left of folders that were to be ``path``."""
    for lock in path.parent.glob(f".{glob.escape(path.name)}.*{_NEW}{_BUSY}"):
        with suppress(Timeout, OSError), FileLock(lock, timeout=0):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink()


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path`` to fill; on success it takes the place of ``path``.

    If the body raises, ``path`` stays as it was. A process that is killed leaves either the old
    folder or the new one: between the two renames that exchange them, the old one stands beside
    ``path`` under another name, and the next call, or :func:`restore_folders`, puts it back. One
    process at a time may replace a folder.

    Raises:
        WriteError: if the folder cannot be written.
    """
    path = path.resolve()
    old = path.with_name(f".{path.name}{_OLD}")
    _restore(path, old)
    with _filling(path, f".{path.name}{_NEW}") as temporary:
        yield temporary
        _sync_all(temporary)
        shutil.rmtree(old, ignore_errors=True)
        try:
            if path.exists():
                path.replace(old)
            temporary.replace(path)
            _sync(path.parent)
        finally:
            _restore(path, old)
    shutil.rmtree(old, ignore_errors=True)


def restore_folders(parent: Path) -> None:
    """Put back, in ``parent``, the folders that killed processes were about to replace."""
    for old in parent.glob(f".*{_OLD}"):
        _restore(old.with_name(old.name[1 : -len(_OLD)]), old)


def remove_half_written(files: Iterable[Path]) -> None:
    """Remove those of ``files`` that :func:`replacing` had begun in processes that were killed."""
    for file in files:
        if _HALF_WRITTEN.fullmatch(file.name):
            with writing(file):
                file.unlink(missing_ok=True)


def _restore(path: Path, old: Path) -> None:
    with writing(path, old):
        if not path.exists() and old.exists():
            old.replace(path)


@contextmanager
def _filling(path: Path, name: str) -> Iterator[Path]:
    """Make a folder of that name beside ``path``; what is left of it at the end is removed."""
    above = [parent for parent in path.parents if not parent.exists()]
    temporary = path.with_name(name)
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        with writing(path, temporary):
            temporary.mkdir(parents=True)
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        _remove_empty(above)


def _is_unfinished(folder: Path) -> bool:
    """Tell whether ``folder`` is one that :func:`_filling` made."""
    return folder.name.startswith(".") and folder.name.endswith(_NEW)


def _refuse_filled(path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError(path, "exists already", "a new or an empty folder to write to")


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, innermost first, as far as nothing is in them."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _sync_all(folder: Path) -> None:
    """Wait until all of ``folder`` is on the disk."""
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    """Wait until a file, or the list of what is in a folder, is on the disk."""
    if path.is_dir():
        with suppress(OSError):  # some systems and network disks do not sync folders
            _sync_opened(path, os.O_RDONLY)
    else:
        _sync_opened(path, os.O_RDWR)


def _sync_opened(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON, whole or not at all. NaN becomes null."""
    write_text(path, to_json(value) + "\n")


def to_json(value: Any) -> str:
    """Return ``value`` as indented JSON; NaN and infinities, which JSON lacks, become null.

    Halves of surrogate pairs, which stand for bytes of a name that are no UTF-8, are escaped.
    """
    text = json.dumps(_without_nan(value), indent=2, ensure_ascii=False, allow_nan=False)
    return _HALF_PAIR.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def read_json(path: Path) -> Any:
    """Return what the JSON file ``path`` holds.

    Raises:
        InputError: if the file is missing, too large or nested too deep, or is not JSON.
    """
    content = read_regular(path, str(path), "a JSON file", most=MOST_JSON_BYTES)
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(path, f"not JSON ({error})", "a JSON file") from None


def sha256_of(*contents: bytes) -> str:
    """Return the hexadecimal SHA-256 of ``contents``, one after the other."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def path_of_uri(uri: str) -> Path:
    """Return the path that a URI of a file names, bytes of it that are no UTF-8 included.

    >>> path_of_uri("file:///plates/caf%E9.png").name
    'caf\\udce9.png'
    """
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
