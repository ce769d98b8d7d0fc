"""Which specimen a file belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError
from anascope.images import spelled, stem_of
from anascope.names import numbered, shortest_names
from anascope.reading._listing import Listed
from anascope.reading._records import NotRead

PATTERN = "pattern:"
_RULES = f"folder, file or {PATTERN}REGEX"


@dataclass(frozen=True, slots=True)
class Specimen:
    """Which specimen a file belongs to.

    Attributes:
        name: What it is called; no other has that name.
        path: The file or folder that is the specimen, or None where its name says what belongs to
            it: then files of that name belong together wherever they are.
    """

    name: str
    path: Path | None = None


def specimens_of(files: Sequence[Listed], rule: str | None) -> list[Specimen | NotRead]:
    """Return the specimen of each file, or why it has none.

    - ``folder``: all files of one folder are one specimen, called as the folder is. Folders of
      the same name get the names of the folders above them as well.
    - ``file``: each file is a specimen.
    - ``pattern:REGEX``: what the regular expression finds in the file's name: its group
      ``specimen``, else its first group.
    - None: ``folder`` for what was found in a given folder whose sub folders hold images; else
      ``file``.

    Raises:
        InputError: if the rule is none of these.
    """
    if rule is not None and rule.startswith(PATTERN):
        return _by_pattern(files, rule.removeprefix(PATTERN))
    if rule not in (None, "folder", "file"):
        raise InputError("specimen", f"'{rule}'", _RULES)
    deep = {file.root for file in files if file.root is not None and file.path.parent != file.root}
    by_folder = [rule == "folder" or (rule is None and file.root in deep) for file in files]
    paths = [
        file.path.absolute().parent if folder else file.path
        for file, folder in zip(files, by_folder, strict=True)
    ]
    names = shortest_names(
        [name_parts(path, file=not folder) for path, folder in zip(paths, by_folder, strict=True)]
    )
    return list(map(Specimen, names, paths))


def unique_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file: its stem, with folders above it where stems are the same."""
    used: set[str] = set()
    result = []
    for name in shortest_names([name_parts(path) for path in paths]):
        free = numbered(name, used)  # one stem with two endings, or in two cases
        used.add(free.casefold())
        result.append(free)
    return result


def name_parts(path: Path, *, file: bool = True) -> tuple[str, ...]:
    """Return what a file or folder may be called after: its own name last, a file's without suffix.

    Args:
        path: Where it is.
        file: Whether it is a file.
    """
    path = path.absolute()
    folders = tuple(spelled(name) for name in path.parts[1:-1])
    return (*folders, stem_of(path) if file else spelled(path.name) or "root")


def _by_pattern(files: Sequence[Listed], pattern: str) -> list[Specimen | NotRead]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InputError("specimen pattern", f"'{pattern}' ({error})", "a pattern") from None
    if expression.groups == 0:
        raise InputError("specimen pattern", f"'{pattern}'", "a pattern with a group: (...)")
    group = "specimen" if "specimen" in expression.groupindex else 1
    result: list[Specimen | NotRead] = []
    for file in files:
        match = expression.search(file.path.name)
        name = match[group] if match else None
        result.append(
            Specimen(spelled(name))
            if name
            else NotRead(
                spelled(file.path), f"no specimen in its name; expected one that fits '{pattern}'"
            )
        )
    return result
