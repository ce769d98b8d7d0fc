"""All that was read as one JSON file, written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from anascope.files import read_json, replacing
from anascope.reading.results._as_json import ReadingHead
from anascope.reading.results._field_files import CELLS, FIELD
from anascope.settings import as_plain


def write_whole_json(path: Path, head: ReadingHead, fields: Sequence[Path], root: Path) -> None:
    """Write all that was read as one JSON file, whole or not at all.

    It follows :func:`anascope.reading.results.schema`. Cells are copied from the files of the
    fields as text, one field at a time: any number of them fits into memory.

    Args:
        path: The file to write.
        head: What stands before the fields.
        fields: The folder of each, with its ``field.json`` and ``cells.json``.
        root: The folder that holds the results; folders in the file are counted from it.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for key, value in as_plain(head).items():
            file.write(f"{'{' if key == 'format' else ','}\n{_text(key)}: ")
            if isinstance(value, list | tuple):
                _write_list(file, value)
            else:
                file.write(_text(value))
        file.write(',\n"fields": [')
        for number, folder in enumerate(fields):
            record = read_json(folder / FIELD)
            record["folder"] = folder.relative_to(root).as_posix()
            cells = (folder / CELLS).read_text(encoding="utf-8").rstrip()
            file.write(f'{"," if number else ""}\n{_text(record)[:-1]},"cells":{cells}}}')
        file.write("\n]\n}\n")


def _write_list(file: TextIO, values: Sequence[Any]) -> None:
    """Write a list with a line each."""
    lines = ",\n".join(map(_text, values))
    file.write(f"[\n{lines}\n]" if values else "[]")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
