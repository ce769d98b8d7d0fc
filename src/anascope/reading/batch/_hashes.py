"""Hashes of many files."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from anascope.images import EXPECTED, content_sha256, spelled
from anascope.reading import InputFile, NotRead
from anascope.regular_files import why_not

_AT_ONCE = 4  # a disk takes longer than a core


def hashes_of(files: Collection[InputFile]) -> dict[str, str | NotRead]:
    """Return the hash of each file's content by URI, or why it cannot be read."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return dict(zip([file.uri for file in files], threads.map(_hash, files), strict=True))


def _hash(file: InputFile) -> str | NotRead:
    try:
        return content_sha256(file.path)
    except OSError as error:
        reason = f"{why_not(file.path, error)}; expected {EXPECTED}"
        return NotRead(spelled(file.path), reason, file.uri)
