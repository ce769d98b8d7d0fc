"""Tables that users hand in: CSV, Excel and Parquet, row by row as text.

The package turns a file into named cells, with the row number that the user sees in every message.
The caller who requests the columns decides what the cells mean.

>>> from pathlib import Path
>>> from anascope.tables import read_table
>>> for row in read_table(Path("wells.xlsx"), ["image"], ["patient"]):         # doctest: +SKIP
...     print(row["image"], row["patient"])
well-07.tif 12
"""

from anascope.tables._files import TEXT_SUFFIXES, WORKBOOK_SUFFIXES
from anascope.tables._rows import TableRow, read_table, refuse_second

__all__ = [
    "TEXT_SUFFIXES",
    "WORKBOOK_SUFFIXES",
    "TableRow",
    "read_table",
    "refuse_second",
]
