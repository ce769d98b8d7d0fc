"""Names of folders that every file system takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from anascope.files import sha256_of

_LONGEST = 60
"""Letters of a folder's name: two of them, a file's name and a path before them stay under the
260 letters that some systems allow."""

# What Windows keeps for devices, whatever ending follows.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return ``name`` as a folder may be called anywhere.

    Plain letters, digits, ``.``, ``_`` and ``-`` stay; accents are left out and all else becomes
    ``_``. A name that had to be changed gets a mark made from what it was, so that two names do
    not become one.

    >>> safe_name("S-0012"), safe_name("Müller/3")
    ('S-0012', 'Muller_3-7ffba888')
    """
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)[:_LONGEST].strip("._-") or "_"
    if _RESERVED.fullmatch(safe):
        safe = f"_{safe}"
    return safe if safe == name else _marked(safe, name)


class FolderNames:
    """Gives each of many names a folder of its own, whatever the file system takes for the same.

    Args:
        known: Names that have a folder already, with it.
        taken: What no folder may be called.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = (), taken: Iterable[str] = ()) -> None:
        self._folders = dict(known)
        self._taken = {folder.casefold() for folder in (*self._folders.values(), *taken)}

    def __getitem__(self, name: str) -> str:
        """Return the folder of ``name``; a new name gets a free one."""
        folder = self._folders.get(name)
        if folder is None:
            folder = safe_name(name)
            # "a" and "A" are one folder to some file systems.
            while folder.casefold() in self._taken:
                folder = _marked(folder, name)
            self._folders[name] = folder
            self._taken.add(folder.casefold())
        return folder


def _marked(safe: str, name: str) -> str:
    # Halves of surrogate pairs stand for bytes of a file's name that are no text.
    return f"{safe}-{sha256_of(name.encode('utf-8', 'surrogatepass'))[:8]}"
