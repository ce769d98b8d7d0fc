"""Which files are read, and which specimen each belongs to."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anascope.errors import InputError, one_line
from anascope.images import SignalImage, page_name, spelled
from anascope.reading._image_table import Row, comparable, read_image_table
from anascope.reading._listing import Listed, list_files
from anascope.reading._records import NotRead
from anascope.reading._specimens import specimens_of, unique_names

PAGE = re.compile(r"(.*)-page\d+")
"""The name of one page of a file; the group is that of the file."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read.

    Attributes:
        path: Where it is.
        specimen: The specimen to which it belongs.
        field: Its name, which no other file, and no page of another file, has.
        pixel_size_um: The pixel size that a table states, in micrometres; None leaves it to the
            file.
        channel: The channel to read that a table states; None leaves it to the option.
        specimen_key: Identifies the specimen: the file or folder as a URI, or ``name:`` and the
            name where that is given in a table or in the files' names.
    """

    path: Path
    specimen: str
    field: str
    pixel_size_um: float | None = None
    channel: str | None = None
    specimen_key: str = ""

    def __post_init__(self) -> None:
        if not self.specimen_key:
            object.__setattr__(self, "specimen_key", f"name:{self.specimen}")

    @property
    def uri(self) -> str:
        """The path as a URI, whatever the working folder and whatever bytes the name has."""
        return uri_of(self.path)

    def name_of(self, image: SignalImage) -> str:
        """Return the name of the field that one page of the file is."""
        return self.field if image.pages == 1 else page_name(self.field, image.page, image.pages)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to read.

    Attributes:
        files: The files, in the order in which they were given.
        not_read: The files that cannot be read, and why.
    """

    files: tuple[InputFile, ...]
    not_read: tuple[NotRead, ...]


def find_images(
    paths: Sequence[str | Path],
    *,
    specimen: str | None = None,
    table: str | Path | None = None,
    standard_input: BinaryIO | None = None,
) -> Inputs:
    """Find the image files to read, and the specimen of each. No file is opened.

    Args:
        paths: Files, folders, patterns, or ``-`` for a list on standard input
            (:func:`~anascope.reading._listing.list_files`).
        specimen: The rule: ``folder``, ``file`` or ``pattern:REGEX``; None chooses between the
            first two (:func:`~anascope.reading._specimens.specimens_of`).
        table: CSV, Excel or Parquet with columns image, specimen and perhaps pixel_size_um and
            channel, instead of a rule. If no paths are given, its images are read; their paths are
            relative to the table's folder.
        standard_input: The stream to read instead of standard input.

    Raises:
        InputError: if the rule or the table as a whole is invalid. An error in one file never stops
        the others.
    """
    if table is not None and specimen is not None:
        raise InputError("specimen", f"'{specimen}' beside a table", "one of them")
    listed, not_read = _listed(paths, standard_input)
    if table is not None:
        return _by_table(listed, not_read, Path(table), given=bool(paths))
    files = []
    names = _field_names([file.path for file in listed])
    for file, name, whose in zip(listed, names, specimens_of(listed, specimen), strict=True):
        if isinstance(whose, NotRead):
            not_read.append(whose)
        else:
            key = "" if whose.path is None else uri_of(whose.path)
            files.append(InputFile(file.path, whose.name, name, specimen_key=key))
    return Inputs(tuple(files), tuple(not_read))


def uri_of(path: Path) -> str:
    """Return a path as a URI: absolute, without ``..``, links left as they are."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - pathlib keeps ".."


def refused(error: InputError, file: str | None = None) -> NotRead:
    """Return an error as an entry of what could not be read: ``source: reason`` is its message.

    Args:
        error: What is wrong.
        file: The URI of the image file that the error concerns, if there is one.
    """
    return NotRead(error.where, one_line(f"{error.found}; expected {error.expected}"), file)


def _listed(
    paths: Sequence[str | Path], standard_input: BinaryIO | None
) -> tuple[list[Listed], list[NotRead]]:
    if standard_input is None and any(str(path) == "-" for path in paths):
        standard_input = sys.stdin.buffer
    listed: list[Listed] = []
    not_read: list[NotRead] = []
    for file in list_files(paths, standard_input):
        if isinstance(file, NotRead):
            not_read.append(file)
        else:
            listed.append(file)
    return listed, not_read


def _by_table(listed: list[Listed], not_read: list[NotRead], path: Path, *, given: bool) -> Inputs:
    rows, unusable = read_image_table(path)
    not_read += map(refused, unusable)
    if given:
        fitting = _fitting([file.path for file in listed], rows)
    else:
        by_path = {row.path_below(path.parent): row for row in rows}
        listed, missing = _listed(list(by_path), None)
        not_read += missing
        fitting = [by_path.get(file.path) for file in listed]
    used = Counter(row.image for row in fitting if row is not None)
    files = []
    names = _field_names([file.path for file in listed])
    for file, name, row in zip(listed, names, fitting, strict=True):
        if row is None:
            reason = f"in no row of {spelled(path)}; expected one with its name"
        elif used[row.image] > 1:
            reason = f"one of several files that '{row}' fits; expected folders before it"
        else:
            files.append(InputFile(file.path, row.specimen, name, row.pixel_size_um, row.channel))
            continue
        not_read.append(NotRead(spelled(file.path), reason))
    if given:
        not_read += [
            NotRead(row.where, f"'{row}'; expected one of the given images")
            for row in rows
            if row.image not in used
        ]
    return Inputs(tuple(files), tuple(not_read))


def _fitting(paths: Sequence[Path], rows: Sequence[Row]) -> list[Row | None]:
    """Return for each file the row that says most of where it is, or None."""
    by_name = defaultdict(list)
    for row in rows:
        by_name[comparable(row.image.name)].append(row)
    return [
        max(
            (row for row in by_name[comparable(path.name)] if row.fits(path)),
            key=lambda row: len(row.image.parts),
            default=None,
        )
        for path in paths
    ]


def _field_names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file that no other has, nor a page of another."""
    names = unique_names(paths)
    taken = set(names)
    return [
        f"{name}-file" if (page := PAGE.fullmatch(name)) and page[1] in taken else name
        for name in names
    ]
