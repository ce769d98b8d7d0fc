"""How large a table of images can be; what claims to be larger is damaged or hostile."""

from __future__ import annotations

MOST_ROWS, MOST_COLUMNS = 1_000_000, 1_000
MOST_UNPACKED = 400_000_000
"""Bytes of a table that is stored packed."""

EXPECTED = "a table saved as CSV, Excel or Parquet"
"""What is asked for where something else is."""
