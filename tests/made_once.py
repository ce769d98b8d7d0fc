"""What takes long to make, and is made once for all processes of the tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first process that asks for it makes; it must not be changed.

    Args:
        factory: Of this process.
        name: Of the folder.
        make: Is called with the path, at which there is nothing yet.
    """
    beside = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        beside = beside.parent  # which all processes of these tests have in common
    folder = beside / "made-once" / name
    with FileLock(beside / f"{name}.lock"):
        if not folder.is_dir():
            folder.parent.mkdir(exist_ok=True)
            make(folder)
    return folder
