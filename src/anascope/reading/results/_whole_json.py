"""All that was read as one JSON file, written piece by piece."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from anascope._version import __version__
from anascope.files import read_json, replacing
from anascope.reading import NotRead
from anascope.reading.results._as_json import FORMAT, class_json, not_read_json
from anascope.words import RESEARCH_USE


def write_whole_json(
    path: Path,
    *,
    specimens: Sequence[Mapping[str, Any]],
    fields: Sequence[Path],
    root: Path,
    not_read: Sequence[NotRead] = (),
    model: str = "",
    date: datetime.date | None = None,
) -> None:
    """Write all that was read as one JSON file, whole or not at all.

    It follows the schema ``anascope/reading/results/schema/reading-1.json``. Cells are copied from
    the files of the fields as text, one field at a time: any number of them fits into memory.

    Args:
        path: The file to write.
        specimens: Plain data of each.
        fields: The folder of each, with its ``field.json`` and ``cells.json``.
        root: The folder that holds the results; places in the file are counted from it.
        not_read: What could not be read.
        model: Name and version of the model.
        date: When it was read.
    """
    decision = specimens[0]["decision"] if specimens else {}
    head = {
        "format": FORMAT,
        "notice": RESEARCH_USE,
        "anascope": __version__,
        "model": model,
        "date": date.isoformat() if date else None,
        "classes": [class_json(name) for name in decision.get("patterns", ())],
        "families": [class_json(name) for name in decision.get("families", ())],
        "intensities": list(decision.get("intensities", ())),
        "not_read": [not_read_json(each) for each in not_read],
        "specimens": specimens,
    }
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        for key, value in head.items():
            file.write(f"{'{' if key == 'format' else ','}\n{_text(key)}: ")
            if isinstance(value, list | tuple):
                _write_list(file, value)
            else:
                file.write(_text(value))
        file.write(',\n"fields": [')
        for number, folder in enumerate(fields):
            record = read_json(folder / "field.json")
            record["folder"] = folder.relative_to(root).as_posix()
            cells = (folder / "cells.json").read_text(encoding="utf-8").rstrip()
            file.write(f'{"," if number else ""}\n{_text(record)[:-1]},"cells":{cells}}}')
        file.write("\n]\n}\n")


def _write_list(file: TextIO, values: Sequence[Any]) -> None:
    """Write a list with a line each."""
    lines = ",\n".join(map(_text, values))
    file.write(f"[\n{lines}\n]" if values else "[]")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
