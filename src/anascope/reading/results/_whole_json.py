"""All that was read as one JSON file, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from anascope.files import FolderFile, read_json, replacing
from anascope.reading.results._as_json import ReadingHead, SpecimenEntry
from anascope.reading.results._field_files import CELLS
from anascope.settings import as_plain


def write_whole_json(
    path: Path,
    head: ReadingHead,
    specimens: Iterable[SpecimenEntry],
    fields: Iterable[Path],
    root: Path,
) -> None:
    """Write all that was read as one JSON file, whole or not at all.

    It follows :func:`anascope.reading.results.schema`. One specimen or field at a time is in
    memory; cells are copied from the files of the fields as text.

    Args:
        path: The file to write.
        head: What stands before specimens and fields.
        specimens: In the order of their names.
        fields: The folder of each, with its ``field.json`` and ``cells.json``.
        root: The folder that holds the results; folders in the file are counted from it.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for key, value in as_plain(head).items():
            file.write(f"{'{' if key == 'format' else ','}\n{_text(key)}: ")
            if isinstance(value, list | tuple):
                _write_list(file, map(_text, value))
            else:
                file.write(_text(value))
        file.write(',\n"specimens": ')
        _write_list(file, (_text(as_plain(specimen)) for specimen in specimens))
        file.write(',\n"fields": ')
        _write_list(file, (_field(folder, root) for folder in fields), empty="[\n]")
        file.write("\n}\n")


def _field(folder: Path, root: Path) -> str:
    record = read_json(folder / FolderFile.FIELD)
    record["folder"] = folder.relative_to(root).as_posix()
    cells = (folder / CELLS).read_text(encoding="utf-8").rstrip()
    return f'{_text(record)[:-1]},"cells":{cells}}}'


def _write_list(file: TextIO, lines: Iterable[str], *, empty: str = "[]") -> None:
    """Write a list with a line each."""
    before = "["
    for line in lines:
        file.write(f"{before}\n{line}")
        before = ","
    file.write(empty if before == "[" else "\n]")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
