"""A table that grows, as CSV and, where what that needs is installed, as Parquet."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from anascope.csv_text import marked
from anascope.extras import is_installed
from anascope.files import replacing
from anascope.reading.results._tables import Columns

Add = Callable[[Columns], None]


@contextmanager
def table_files(stem: Path) -> Iterator[Add]:
    """Give a function that adds rows to ``stem.csv`` and ``stem.parquet``.

    Both appear whole at the end, or not at all. No more rows are in memory than are added at a
    time; each time makes a row group of the Parquet file. What is missing is empty in CSV, whose
    numbers have nine digits (all that 32 bits hold), and whose text is no formula
    (:func:`~anascope.csv_text.marked`). Without pandas and PyArrow (extra ``parquet``) there is
    only the CSV file, and an older Parquet file, which would say something else, is removed.

    Args:
        stem: The files without their endings.
    """
    text, binary = (stem.with_name(f"{stem.name}.{ending}") for ending in ("csv", "parquet"))
    both = is_installed("pandas", "pyarrow")
    with ExitStack() as files:
        adders = [files.enter_context(_csv_file(text))]
        if both:
            adders.append(files.enter_context(_parquet_file(binary)))

        def add(rows: Columns) -> None:
            for adder in adders:
                adder(rows)

        yield add
    if not both:
        binary.unlink(missing_ok=True)


@contextmanager
def _parquet_file(path: Path) -> Iterator[Add]:
    import pyarrow as pa
    from pyarrow import parquet

    # A file that is open, because Arrow takes no path that is no UTF-8.
    with replacing(path) as temporary, temporary.open("wb") as file:
        writer: Any = None

        def add(rows: Columns) -> None:
            nonlocal writer
            schema = None if writer is None else writer.schema
            table = pa.Table.from_pandas(rows.frame(), schema=schema, preserve_index=False)
            if writer is None:
                writer = parquet.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table)

        try:
            yield add
        finally:
            if writer is not None:
                writer.close()


@contextmanager
def _csv_file(path: Path) -> Iterator[Add]:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        begun = False

        def add(rows: Columns) -> None:
            nonlocal begun
            if not begun:
                writer.writerow(rows.values)
                begun = True
            of_columns = (
                [_as_text(value, rows.types[name]) for value in column]
                for name, column in rows.values.items()
            )
            writer.writerows(zip(*of_columns, strict=True))

        yield add


def _as_text(value: Any, kind: str) -> str:
    """Return a value as it stands in CSV, by the type of its column."""
    if value is None:
        return ""
    if kind == "float64":
        return "" if math.isnan(value) else f"{value:.9g}"
    return marked(value) if kind == "string" else str(value)
