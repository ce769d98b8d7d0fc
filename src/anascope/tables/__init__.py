"""Tables that users hand in: CSV, Excel and Parquet, row by row as text.

From a file to named cells, with the row that the user sees in every message. What the cells mean is
said by who asks for the columns.

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
