"""Names of files that can be shown and written wherever text can."""

from __future__ import annotations

from pathlib import Path

from anascope.errors import printable


def spelled(path: str | Path) -> str:
    """Return a path as one line of text that every terminal and file takes.

    Bytes that are no UTF-8 and characters that cannot be printed become escapes such as
    ``\\xe9``: a new line or an escape sequence in a name must not reach a terminal.
    """
    return printable(str(path))


def stem_of(path: Path) -> str:
    """Return a file's name without its suffix, which may be ``.ome.tif``, as ``spelled``."""
    stem = path.stem
    return spelled(stem[:-4] if stem.lower().endswith(".ome") and len(stem) > 4 else stem)
