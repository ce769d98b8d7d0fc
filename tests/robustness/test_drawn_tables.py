"""Whatever bytes a table has: its rows, or the reason why not, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from anascope.errors import InputError
from anascope.reading import Inputs, find_images
from anascope.tables import TableRow, read_table
from tests.robustness.alone import Limit, alone
from tests.robustness.bounds import bounded
from tests.robustness.drawn_tables import TABLES, parquet
from tests.workbooks import workbook_of

FEW, MANY = 40, 1500
EACH = Limit(memory_mib=1024, seconds=30)
COLUMNS = ["image", "specimen", "pixel_size_um"]


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("changed", TABLES)
def test_rows_or_the_reason(changed: str, count: int, tmp_path: Path) -> None:
    """The slow ones took 4 minutes together, on two cores that did other work as well."""
    path = tmp_path / "table"

    @settings(max_examples=count)
    @given(TABLES[changed])
    def check(content: bytes) -> None:
        path.write_bytes(content)
        for row in rows_or_reason(path):
            if isinstance(row, InputError):
                assert row.where.startswith(str(path))
                assert str(row).isprintable()
            else:
                assert row.values.keys() <= set(COLUMNS)
                assert all(value == value.strip() for value in row.values.values())
        inputs = inputs_or_reason(path)
        if isinstance(inputs, InputError):
            assert inputs.where.startswith(str(path))
            assert str(inputs).isprintable()
        else:
            assert all(refusal.reason.isprintable() for refusal in inputs.not_read)
            assert len({file.field for file in inputs.files}) == len(inputs.files)

    check()


def rows_or_reason(path: Path) -> list[TableRow | InputError]:
    with bounded(EACH):
        try:
            return read_table(path, COLUMNS[:1], COLUMNS[1:], other_columns=True)
        except InputError as error:
            return [error]


def inputs_or_reason(path: Path) -> Inputs | InputError:
    with bounded(EACH):
        try:
            return find_images([], table=path)
        except InputError as error:
            return error


def test_text_of_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(parquet().replace(b"good.png", b"\x80ood.png"))
    with pytest.raises(InputError):
        read_table(path, COLUMNS)


def test_a_cell_far_below_takes_little_memory(tmp_path: Path) -> None:
    """Alone: where its memory ends in the middle of a sheet, the reader of workbooks may hang."""
    path = tmp_path / "table.xlsx"
    path.write_bytes(workbook_of('<sheetData><row><c r="B9999999"><v>0</v></c></row></sheetData>'))
    ended = alone(refuse, path, limit=Limit(memory_mib=512, seconds=5))
    assert (ended.in_time, ended.status, ended.complained) == (True, 0, "")


def refuse(path: Path) -> None:
    with pytest.raises(InputError, match="9999999 rows"):
        read_table(path, COLUMNS)
