"""A table of images, row by row: what a bad row says stands where its entry would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from anascope.errors import InputError
from anascope.tables import TableRow

_Entry = TypeVar("_Entry")


def entries_of(
    rows: Sequence[TableRow | InputError],
    read: Callable[[TableRow], _Entry],
    *,
    table: Path,
    unlisted: Iterable[str | Path] = (),
) -> Iterator[_Entry | InputError]:
    """Yield what the rows of a table describe, then an error for each image that none describes.

    Args:
        rows: Of the table, or why a row cannot be read.
        read: Returns the entry of a row; what it raises is yielded in its place.
        table: The table, for messages.
        unlisted: Images that no row describes; looked at after the last row.
    """
    for row in rows:
        if isinstance(row, InputError):
            yield row
            continue
        try:
            entry = read(row)
        except InputError as error:
            yield error
        else:
            yield entry
    for image in unlisted:
        yield InputError(image, "an image that the table lacks", f"a row in {table}")
