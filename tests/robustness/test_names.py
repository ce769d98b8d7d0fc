"""Images with odd names are read, shown in one line, and are the same names in every file."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.csv_text import without_mark
from tests.robustness.files import GREY, saved

pytestmark = pytest.mark.timeout(120)

NAMES = {
    b"caf\xe9\x1b[31m\x1b]0;title\x07": r"caf\xe9\x1b[31m\x1b]0;title\x07",
    b"caf\xe8\n\xe2\x80\xae": r"caf\xe8\n\u202e",
    b"=HYPERLINK(1)[red]": "=HYPERLINK(1)[red]",
    b"-1#link('x')<a>&\"": "-1#link('x')<a>&\"",
    "山田\u3000太郎".encode(): "山田\u3000太郎",
    b"n" * 251: "n" * 251,
}
"""Names of files without their ending, and what they are called."""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in NAMES:
        (folder / os.fsdecode(name + b".png")).write_bytes(saved(GREY, "PNG"))
    return folder


def read(model: Path, out: Path, *arguments: str, given: bytes = b"") -> str:
    """Run ``anascope read``, which must succeed, and return what it prints."""
    options = ["--model", str(model), "--out", str(out), "--engine", "torch"]
    result = CliRunner().invoke(
        app, ["read", *options, *arguments], input=given, env={"COLUMNS": "3000"}
    )
    assert result.exception is None, (result.exception, result.stderr)
    lines = (result.stdout + result.stderr).splitlines()
    assert all(line.replace("\u3000", " ").isprintable() for line in lines)
    return result.stdout


def test_all_files_of_a_reading_have_the_names(
    images: Path, saved_model: Path, tmp_path: Path
) -> None:
    out = tmp_path / os.fsdecode(b"out\xe9\x1b[1m")
    stdout = read(saved_model, out, str(images))
    wanted = sorted(NAMES.values())
    whole = json.loads((out / "reading.json").read_text(encoding="utf-8"))
    assert sorted(field["field"] for field in whole["fields"]) == wanted
    assert not whole["not_read"]
    for name in ("specimens", "fields", "cells"):
        column = "field" if name == "fields" else "specimen"
        content = io.BytesIO((out / f"{name}.parquet").read_bytes())  # pandas takes no such path
        binary = pd.read_parquet(content)[column]
        with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            text = [row[column] for row in csv.DictReader(file)]
        assert [without_mark(cell) for cell in text] == list(binary)
        assert not any(cell.startswith(("=", "-")) for cell in text)
        if name != "cells":
            assert sorted(binary) == wanted
    folders = [path.name for path in (out / "specimens").iterdir() if path.is_dir()]
    assert len(folders) == len(NAMES)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,80}", folder) for folder in folders)
    assert all((out / "specimens" / folder / "sheet.pdf").stat().st_size for folder in folders)
    for path in (out / "specimens").rglob("*.geojson"):
        json.loads(path.read_text(encoding="utf-8"))
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert r"caf\xe9" in stdout


def test_a_list_and_a_table_name_them(images: Path, saved_model: Path, tmp_path: Path) -> None:
    given = b"\0".join(os.fsencode(path) for path in images.iterdir())
    read(saved_model, tmp_path / "a", "-", "--no-sheets", given=given)
    table = tmp_path / "t.csv"
    latin = [name for name in NAMES if name.isascii() or name.startswith(b"caf")]
    with table.open("w", encoding="cp1252", newline="") as file:
        rows = [(f"in/{name.decode('cp1252')}.png", name.decode("cp1252")) for name in latin]
        csv.writer(file).writerows([("image", "specimen"), *rows])
    read(saved_model, tmp_path / "b", "--no-sheets", "--table", str(table))
    for out, count in (("a", len(NAMES)), ("b", len(latin))):
        whole = json.loads((tmp_path / out / "reading.json").read_text(encoding="utf-8"))
        assert len(whole["fields"]) == count
        assert not whole["not_read"]
    specimens = {field["specimen"] for field in whole["fields"]}
    assert specimens >= {r"café\x1b[31m\x1b]0;title\x07", r"cafè\nâ€®", "=HYPERLINK(1)[red]"}
