"""Whether the results that a run has left are whole, as far as that is seen without its network."""

from __future__ import annotations

from typing import Literal

from anascope.environment import Hardware
from anascope.errors import InputError
from anascope.own_tables import arrow_table, read_csv
from anascope.run_files import RunFiles
from anascope.settings import Description, read_file

_UNITS = ("field", "specimen", "patient")


class _Measured(Description):
    """What ``metrics.json`` says of itself."""

    part: Literal["test"]
    fold: str


def check_results(files: RunFiles, fold: str) -> None:
    """Check that every file of a run's results can be read, and is of its fold.

    Args:
        files: Of a run that is done.
        fold: That it tests.

    Raises:
        InputError: naming the first file that is missing or damaged.
    """
    check_fold(files, fold)
    for table in (files.predictions, files.fields):
        arrow_table(table, _UNITS)
    read_csv(files.history, ["epoch"])
    read_file(Hardware, files.hardware)


def check_fold(files: RunFiles, fold: str) -> None:
    """Check that what was measured are the test patients of a fold.

    Raises:
        InputError: if ``metrics.json`` says something else, or is damaged.
    """
    measured = read_file(_Measured, files.metrics)
    if measured.fold != fold:
        raise InputError(f"{files.metrics}, fold", f"'{measured.fold}'", f"'{fold}'")
