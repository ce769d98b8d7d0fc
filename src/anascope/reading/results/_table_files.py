"""A table that grows, as CSV and as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anascope.csv_text import marked
from anascope.files import replacing

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def table_files(stem: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Give a function that adds rows to ``stem.csv`` and ``stem.parquet``.

    Both appear whole at the end, or not at all. No more rows are in memory than are added at a
    time; each time makes a row group of the Parquet file. What is missing is empty in CSV, whose
    numbers have nine digits (all that 32 bits hold), and whose text is no formula
    (:func:`~anascope.csv_text.marked`).

    Args:
        stem: The files without their endings.
    """
    import pyarrow as pa
    from pyarrow import parquet

    csv, binary = (stem.with_name(f"{stem.name}.{ending}") for ending in ("csv", "parquet"))
    # A file that is open, because Arrow takes no path that is no UTF-8.
    with replacing(csv) as text, replacing(binary) as path, path.open("wb") as columns:
        writer: Any = None

        def add(rows: pd.DataFrame) -> None:
            nonlocal writer
            first = writer is None
            schema = None if first else writer.schema
            table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
            if first:
                writer = parquet.ParquetWriter(columns, table.schema, compression="zstd")
            writer.write_table(table)
            _guarded(rows).to_csv(
                text,
                mode="w" if first else "a",
                header=first,
                index=False,
                float_format="%.9g",
                lineterminator="\n",
            )

        try:
            yield add
        finally:
            if writer is not None:
                writer.close()


def _guarded(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose text is safe in CSV; numbers are no text."""
    text = rows.select_dtypes(["string", "object"]).columns
    return rows.assign(**{name: rows[name].map(marked, na_action="ignore") for name in text})
