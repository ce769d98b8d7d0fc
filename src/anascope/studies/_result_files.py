"""Whether the results that a run has left are whole, as far as that is seen without its network."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from anascope.environment import Hardware
from anascope.errors import InputError
from anascope.own_tables import arrow_table, check_sha256, read_csv
from anascope.run_files import RunFiles
from anascope.settings import Description, read_file

_UNITS = ("field", "specimen", "patient")


class _Measured(Description):
    """What ``metrics.json`` says of itself."""

    part: Literal["test"]
    fold: str
    tables_sha256: dict[str, str] = Field(default_factory=dict)


def check_results(files: RunFiles, fold: str) -> None:
    """Check that every file of a run's results can be read, and is of its fold.

    Args:
        files: Of a run that is done.
        fold: That it tests.

    Raises:
        InputError: naming the first file that is missing or damaged.
    """
    check_measured(files, fold)
    for table in (files.predictions, files.fields):
        arrow_table(table, _UNITS)
    read_csv(files.history, ["epoch"])
    read_file(Hardware, files.hardware)


def check_measured(files: RunFiles, fold: str) -> None:
    """Check that what was measured are the test patients of a fold, and that its tables stayed.

    Runs of earlier versions do not say what their tables were.

    Raises:
        InputError: if ``metrics.json`` says something else, or is damaged, or a table is another
            than it says.
    """
    measured = read_file(_Measured, files.metrics)
    if measured.fold != fold:
        raise InputError(f"{files.metrics}, fold", f"'{measured.fold}'", f"'{fold}'")
    for table in (files.predictions, files.fields):
        if table.name in measured.tables_sha256:
            check_sha256(table, measured.tables_sha256[table.name])
