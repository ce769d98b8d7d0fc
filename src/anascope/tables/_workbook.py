"""Excel workbooks into rows, and whether they unpack to a table of images.

A sheet is laid out in memory as a rectangle, and a text that many cells have is stored once: small
files can fill any memory, so that sizes are told before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from anascope.errors import InputError
from anascope.tables._sizes import EXPECTED, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED

_MOST_CELLS = 5_000_000  # of a sheet, empty ones as well; each takes about 60 bytes

# The row of <row r="7">, and column and row of <c r="AB7">.
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,19})["']""")
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row\b"), re.compile(rb"<(?:\w+:)?c\b")
# A cell whose text is among the shared ones, and the number of that text.
_SHARED = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})""")
_SHARED_CELL = re.compile(rb"""\st\s*=\s*["']s["']""")
_TEXT = re.compile(rb"<(?:\w+:)?si\b")


def workbook_rows(content: bytes, where: str) -> list[list[Any]]:
    """Return the cells of the first sheet of an Excel workbook."""
    from python_calamine import CalamineWorkbook

    try:
        if content.startswith(b"PK"):
            _check_size(content, where)
        with CalamineWorkbook.from_object(io.BytesIO(content)) as workbook:
            return workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged archive or sheet makes its reader raise
        reason = str(error) or type(error).__name__
        raise InputError(where, f"a workbook that cannot be read ({reason})", EXPECTED) from None


def _check_size(content: bytes, where: str) -> None:
    """Refuse a workbook that unpacks to more than the memory should hold, or is no .xlsx."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        # The sheets of .xlsb and .ods claim sizes in ways that are not looked at here.
        if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
            raise InputError(where, "a zip file that is no .xlsx workbook", EXPECTED)
        unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MOST_UNPACKED:
            raise InputError(where, f"{unpacked} bytes unpacked", f"at most {MOST_UNPACKED}")
        texts = _lengths_of_texts(archive)
        shown = 0
        for member in archive.infolist():
            sheet = archive.read(member)  # fails where sizes or sums are wrong
            shown += _shared_bytes(sheet, texts)
            if shown > MOST_UNPACKED:
                raise InputError(where, f"{shown} bytes of text", f"at most {MOST_UNPACKED}")
            references = _REFERENCE.findall(sheet)
            rows = max((int(row) for _, row in references), default=0)
            columns = max((_column_number(letters) for letters, _ in references), default=0)
            # Cells that do not say where they are stand one after the other.
            columns = max(columns, *(len(_CELL.findall(row)) for row in _ROW.split(sheet)))
            found = f"a sheet of {rows} rows and {columns} columns"
            if rows > MOST_ROWS or columns > MOST_COLUMNS:
                raise InputError(where, found, f"at most {MOST_ROWS} rows of {MOST_COLUMNS}")
            if rows * columns > _MOST_CELLS:
                raise InputError(where, found, f"at most {_MOST_CELLS} cells, empty ones as well")


def _column_number(letters: bytes) -> int:
    """Return the number of a column: 1 for A, 28 for AB."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _lengths_of_texts(archive: zipfile.ZipFile) -> list[int]:
    """Return how many bytes each text has that cells share."""
    for member in archive.infolist():
        if member.filename.lower().endswith("sharedstrings.xml"):
            return [len(text) for text in _TEXT.split(archive.read(member))[1:]]
    return []


def _shared_bytes(sheet: bytes, lengths: list[int]) -> int:
    """Return how many bytes the shared texts of a sheet have if each is written out.

    A cell that does not plainly say its text counts as the longest.
    """
    numbers = [int(number) for number in _SHARED.findall(sheet)]
    plain = sum(lengths[number] for number in numbers if number < len(lengths))
    return plain + (len(_SHARED_CELL.findall(sheet)) - len(numbers)) * max(lengths, default=0)
