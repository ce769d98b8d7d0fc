"""Which specimen a file belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError, one_line
from anascope.images import spelled, stem_of
from anascope.names import numbered, shortest_names
from anascope.reading._listing import Listed
from anascope.reading._name_pattern import NamePattern
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
    - ``file``: each file is a specimen; files of the same stem are called with their endings.
    - ``pattern:REGEX``: what the regular expression finds in the file's name as it is shown: its
      group ``specimen``, else its first group. RE2 matches it, in bounded time.
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
    whole = [file.path.absolute() for file in files]
    paths = [path.parent if folder else path for path, folder in zip(whole, by_folder, strict=True)]
    folders = {path for path, folder in zip(paths, by_folder, strict=True) if folder}
    names = _names_of(list(dict.fromkeys(paths)), folders)
    return [Specimen(names[path], path) for path in paths]


def _names_of(paths: Sequence[Path], folders: Set[Path]) -> dict[Path, str]:
    """Return a name for each folder and file, such that no two have the same.

    Files of one folder with the same stem keep their endings. What is shown in the same way and
    yet is different, such as a byte and the letters of its escape, is numbered.
    """
    parts = {path: name_parts(path, file=path not in folders) for path in paths}
    count = Counter(parts.values())
    for path in paths:
        if path not in folders and count[parts[path]] > 1:
            parts[path] = (*parts[path][:-1], spelled(path.name))
    used: set[str] = set()
    names = {}
    for path, name in zip(paths, shortest_names(list(parts.values())), strict=True):
        names[path] = name if name not in used else numbered(name, {n.casefold() for n in used})
        used.add(names[path])
    return names


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
    expression = NamePattern(pattern)
    return [_found(file.path, expression, pattern) for file in files]


def _found(path: Path, expression: NamePattern, pattern: str) -> Specimen | NotRead:
    """Return the specimen that a file's name says, as the name is shown, or why it says none."""
    expected = f"one that fits '{pattern}'"
    try:
        specimen = expression.specimen_in(spelled(path.name))
    except InputError as error:
        return NotRead(spelled(path), one_line(f"{error.found}; expected {error.expected}"))
    if specimen is None:
        return NotRead(spelled(path), one_line(f"no specimen in its name; expected {expected}"))
    return Specimen(specimen)
