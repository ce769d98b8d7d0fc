"""Whether a Parquet file unpacks to a table of images, told before it is unpacked.

Parquet stores a text that many rows have once: a file of some thousand bytes can fill any memory.
"""

from __future__ import annotations

import io
from typing import Any

from anascope.errors import InputError
from anascope.tables._sizes import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED

_FIXED_BYTES = 16  # of a value of fixed length: decimals and identifiers have no more


def check_parquet(content: bytes, where: str) -> None:
    """Refuse a Parquet file that is larger than any table of images.

    Raises:
        InputError: if it has too many rows, columns or bytes, or a column of lists.
        OSError, ValueError: if it cannot be read.
    """
    from pyarrow import parquet

    with parquet.ParquetFile(io.BytesIO(content)) as file:
        metadata = file.metadata
        if metadata.num_rows > MOST_ROWS or metadata.num_columns > MOST_COLUMNS:
            found = f"{metadata.num_rows} rows of {metadata.num_columns} columns"
            raise InputError(where, found, f"at most {MOST_ROWS} rows of {MOST_COLUMNS}")
        columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
        groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
        _refuse_more(sum(group.total_byte_size for group in groups), where)
    for column in columns:
        if column.max_repetition_level > 0:
            raise InputError(where, f"lists in column '{column.path}'", "one value a row")
        if column.physical_type == "FIXED_LEN_BYTE_ARRAY" and column.length > _FIXED_BYTES:
            found = f"values of {column.length} bytes in column '{column.path}'"
            raise InputError(where, found, "text or numbers")
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    # Read as numbers that stand for texts, so that no text is there twice.
    with parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts) as file:
        total = 0
        for name in texts:
            total += sum(map(_length, file.read(columns=[name]).column(0).chunks))
            _refuse_more(total, where)


def _length(texts: Any) -> int:
    """Return how many bytes texts have if each is written out."""
    import pyarrow as pa
    from pyarrow import compute

    if not isinstance(texts, pa.DictionaryArray):
        return int(texts.nbytes)
    lengths = compute.binary_length(texts.dictionary).cast(pa.int64())
    return compute.sum(lengths.take(texts.indices)).as_py() or 0


def _refuse_more(size: int, where: str) -> None:
    if size > MOST_UNPACKED:
        raise InputError(where, f"{size} bytes unpacked", f"at most {MOST_UNPACKED}")
