"""Tables drawn by chance: right ones with some of their text, bytes or cells changed."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.sax.saxutils import quoteattr

import pandas as pd
from hypothesis import strategies as st

from tests.robustness.drawn_images import Contents, changed
from tests.workbooks import workbook, workbook_of

_LETTERS = "ag7.,;\t|\"' \n\rüµ\u2028\u200b\x1b\0=+-@"
_NAMES = st.one_of(
    st.sampled_from(["image", "specimen", "pixel_size_um", " IMAGE ", '"specimen"', "", "well"]),
    st.text(_LETTERS, max_size=8),
)
_VALUES = st.one_of(
    st.sampled_from(["good.png", "S1", "0.33", "0,33", "1e300", "1e-320", "nan", "", "../x.png"]),
    st.text(_LETTERS, max_size=12),
    st.text(max_size=5),
)
_ROWS = st.lists(st.lists(_VALUES, max_size=4), max_size=4)
_ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "utf-32"])


@st.composite
def _text(draw: st.DrawFn) -> bytes:
    """Draw a table as text: written as tables are, or letters as they come."""
    header = draw(st.lists(_NAMES, max_size=4))
    delimiter, line_end = (
        draw(st.sampled_from([",", ";", "\t", "|"])),
        draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n", ""])),
    )
    file = io.StringIO()
    if draw(st.booleans()):
        writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end or "\n")
        writer.writerows([header, *draw(_ROWS)])
    else:
        rows = [header, *draw(_ROWS)]
        file.write(line_end.join(delimiter.join(row) for row in rows))
    return file.getvalue().encode(draw(_ENCODINGS), errors="replace")


_RIGHT: list[list[object]] = [
    ["image", "specimen", "pixel_size_um"],
    ["good.png", "S1", 0.33],
    ["b.png", "S2", ""],
]
_PLACES = st.sampled_from(["A1", "C2", "B9999999", "XFD1", "XFD1048576", "ZZZZ1", "", "1", "A0"])
_KINDS = st.sampled_from(["n", "s", "str", "b", "e", "d", "inlineStr", ""])


@st.composite
def _sheet(draw: st.DrawFn) -> bytes:
    """Draw a workbook whose cells say of themselves what they are and where."""
    rows = ""
    for number in range(1, draw(st.integers(1, 3)) + 1):
        cells = ""
        for _ in range(draw(st.integers(0, 3))):
            place, kind = quoteattr(draw(_PLACES)), quoteattr(draw(_KINDS))
            cells += f"<c r={place} t={kind}><v>{draw(st.integers(-9, 10**20))}</v></c>"
        rows += f'<row r="{draw(st.sampled_from([number, 0, 1048576, 10**9]))}">{cells}</row>'
    return workbook_of(f'<dimension ref="{draw(_PLACES)}"/><sheetData>{rows}</sheetData>')


@st.composite
def _archive(draw: st.DrawFn) -> bytes:
    """Draw a workbook one of whose parts is changed, in an archive with right sums."""
    with zipfile.ZipFile(io.BytesIO(workbook(_RIGHT))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = draw(st.sampled_from(sorted(parts)))
    parts[part] = draw(changed(parts[part]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def parquet() -> bytes:
    """Return a right table of two rows as a Parquet file."""
    file = io.BytesIO()
    header, *rows = [[str(value) for value in row] for row in _RIGHT]
    pd.DataFrame(rows, columns=header).to_parquet(file)
    return file.getvalue()


TABLES: dict[str, Contents] = {
    "text": _text(),
    "bytes": st.binary(max_size=200),
    "cells of a workbook": _sheet(),
    "parts of a workbook": _archive(),
    "bytes of a workbook": changed(workbook(_RIGHT)),
    "bytes of Parquet": changed(parquet()),
}
"""What is drawn, by what is changed."""
