"""Names of files that can be shown and written wherever text can."""

from __future__ import annotations

import os
from pathlib import Path


def spelled(path: str | Path) -> str:
    """Return a path as one line of text that every terminal and file takes.

    Bytes that are no UTF-8 and characters that cannot be printed become ``�``: a new line or an
    escape sequence in a name must not reach a terminal.
    """
    text = os.fsencode(str(path)).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "�" for c in text)


def stem_of(path: Path) -> str:
    """Return a file's name without its suffix, which may be ``.ome.tif``, as ``spelled``."""
    stem = path.stem
    return spelled(stem[:-4] if stem.lower().endswith(".ome") and len(stem) > 4 else stem)
