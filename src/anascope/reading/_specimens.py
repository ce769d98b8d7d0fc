"""Which specimen a file belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from anascope.errors import InputError
from anascope.images import spelled, stem_of
from anascope.names import numbered, shortest_names
from anascope.reading._listing import Listed
from anascope.reading._records import NotRead

PATTERN = "pattern:"
_RULES = f"folder, file or {PATTERN}REGEX"


def specimens_of(files: Sequence[Listed], rule: str | None) -> list[str | NotRead]:
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
    names = [
        _spelled_parts(file.path.absolute().parent) if folder else _file_parts(file.path)
        for file, folder in zip(files, by_folder, strict=True)
    ]
    return list(shortest_names(names))


def unique_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file: its stem, with folders above it where stems are the same."""
    used: set[str] = set()
    result = []
    for name in shortest_names([_file_parts(path) for path in paths]):
        free = numbered(name, used)  # one stem with two endings, or in two cases
        used.add(free.casefold())
        result.append(free)
    return result


def _file_parts(path: Path) -> tuple[str, ...]:
    return (*_spelled_parts(path.absolute().parent), stem_of(path))


def _spelled_parts(folder: Path) -> tuple[str, ...]:
    return tuple(spelled(name) for name in folder.parts[1:]) or ("root",)


def _by_pattern(files: Sequence[Listed], pattern: str) -> list[str | NotRead]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InputError("specimen pattern", f"'{pattern}' ({error})", "a pattern") from None
    if expression.groups == 0:
        raise InputError("specimen pattern", f"'{pattern}'", "a pattern with a group: (...)")
    group = "specimen" if "specimen" in expression.groupindex else 1
    result: list[str | NotRead] = []
    for file in files:
        match = expression.search(file.path.name)
        name = match[group] if match else None
        result.append(
            spelled(name)
            if name
            else NotRead(
                spelled(file.path), f"no specimen in its name; expected one that fits '{pattern}'"
            )
        )
    return result
