"""Names of files that can be shown and written wherever text can."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

_LONGEST = 100  # characters of a name made from a file's
_UNSAFE = re.compile(r'[\s/\\:*?"<>|\x00-\x1f\x7f]+')


def spelled(path: str | Path) -> str:
    """Return a path as one line of text that every terminal and file takes.

    Bytes that are no UTF-8 and characters that cannot be printed become ``�``: an escape sequence
    in a name must not reach a terminal.
    """
    text = os.fsencode(str(path)).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "�" for c in text)


def stem_of(path: Path) -> str:
    """Return a file's name without its suffix, which may be ``.ome.tif``."""
    stem = path.stem
    return stem[:-4] if stem.lower().endswith(".ome") and len(stem) > 4 else stem


def safe_name(text: str) -> str:
    """Return ``text`` as the name of a field: printable, no separators, at most 100 characters.

    >>> safe_name("--well A/1: 40x")
    'well_A_1_40x'
    """
    name = _UNSAFE.sub("_", spelled_words(text)).strip("_.- ") or "unnamed"
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - len(digest) - 1]}-{digest}"


def spelled_words(text: str) -> str:
    """Return ``text`` without surrogates and unprintable characters, which become blanks."""
    known = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c.isprintable() and c != "�" else " " for c in known)
