"""Names that are safe, and names of which no two are the same.

Safe names are those that every file system takes. Where names that differ by case alone would be
one folder to some file systems, they count as the same.

>>> from anascope.names import safe_name
>>> safe_name("CON"), safe_name("S-12")
('_CON-a3dbc4b6', 'S-12')
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from pathlib import PurePosixPath

from anascope.files import sha256_of

_LONGEST = 60
"""Letters of a folder's name: two of them, a file's name and a path before them stay under the
260 letters that some systems allow."""

# What Windows keeps for devices, whatever ending follows.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def plain_letters(text: str) -> str:
    """Return ``text`` with ``_`` for all but plain letters, digits, ``.``, ``_`` and ``-``.

    >>> plain_letters("S 1/2 (a)")
    'S_1_2_a_'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text)


def safe_name(name: str) -> str:
    """Return ``name`` as a folder may be called anywhere.

    Plain letters, digits, ``.``, ``_`` and ``-`` stay; accents are left out and all else becomes
    ``_``. A name that had to be changed gets a mark made from what it was, so that two names do
    not become one.

    >>> safe_name("S-0012"), safe_name("Müller/3")
    ('S-0012', 'Muller_3-7ffba888')
    """
    letters = unicodedata.normalize("NFKD", name)
    without_accents = "".join(letter for letter in letters if not unicodedata.combining(letter))
    safe = plain_letters(without_accents)[:_LONGEST].strip("._-") or "_"
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
            while folder.casefold() in self._taken:
                folder = _marked(folder, name)
            self._folders[name] = folder
            self._taken.add(folder.casefold())
        return folder


def natural(text: str) -> list[tuple[bool, int, str]]:
    """Return a key that sorts names as people do: ``2`` before ``10``, whatever the case.

    >>> sorted(["F10", "f2"], key=natural)
    ['f2', 'F10']
    """
    pieces = re.split(r"([0-9]+)", text.casefold())
    return [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in pieces if p]


def numbered(name: str, taken: Container[str]) -> str:
    """Return ``name``, or the first of ``name-2``, ``name-3``, ... that is not taken.

    Args:
        name: The wanted name.
        taken: Names that are taken, in the form that ``str.casefold`` gives.

    >>> numbered("F", {"f", "f-2"})
    'F-3'
    """
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def shortest_names(paths: Sequence[tuple[str, ...]]) -> list[str]:
    """Return for each path its last part, and as many parts before it as make it different.

    Equal paths keep equal names.

    >>> shortest_names([("a", "01"), ("b", "01"), ("b", "02")])
    ['a-01', 'b-01', '02']
    """
    lengths = dict.fromkeys(paths, 1)

    def name(path: tuple[str, ...]) -> str:
        return "-".join(path[-lengths[path] :])

    while True:
        count = Counter(name(path).casefold() for path in lengths)
        longer = {
            path: length + 1
            for path, length in lengths.items()
            if count[name(path).casefold()] > 1 and length < len(path)
        }
        if not longer:
            return [name(path) for path in paths]
        lengths |= longer


def free_name(wanted: str, path: tuple[str, ...], taken: Container[str]) -> str:
    """Return ``wanted``, or more of ``path`` if that is taken, or else a number after it.

    Args:
        wanted: One of the names that :func:`shortest_names` may give to ``path``.
        path: What it is a name of.
        taken: Names that are taken, in the form that ``str.casefold`` gives.

    >>> free_name("01", ("plate", "b", "01"), {"01", "b-01"})
    'plate-b-01'
    """
    longer = ("-".join(path[start:]) for start in range(len(path) - 1, -1, -1))
    for name in (wanted, *longer):
        if name.endswith(wanted) and name.casefold() not in taken:
            return name
    return numbered(wanted, taken)


def names_of_files(paths: Iterable[str]) -> dict[str, str]:
    """Return a name for each path of a file: stem, else path without suffix, else path.

    >>> names_of_files(["a/1.png", "b/1.png", "b/2.png"])
    {'a/1.png': 'a/1', 'b/1.png': 'b/1', 'b/2.png': '2'}
    """
    names = {path: PurePosixPath(path).stem for path in paths}
    # Twice, because a whole path may be another file's stem: x.png beside x.png.tif.
    for longer in (lambda path: str(PurePosixPath(path).with_suffix("")), str, str):
        count = Counter(names.values())
        names = {path: longer(path) if count[name] > 1 else name for path, name in names.items()}
    return names


def _marked(safe: str, name: str) -> str:
    # Halves of surrogate pairs stand for bytes of a file's name that are no text.
    return f"{safe}-{sha256_of(name.encode('utf-8', 'surrogatepass'))[:8]}"
