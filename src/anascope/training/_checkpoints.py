"""Checkpoints: everything that an unbroken run would know at the end of an epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch

from anascope.errors import InputError, one_line
from anascope.files import replacing
from anascope.run_files import checkpoint_files
from anascope.writing import writing

_SHOWN = 120  # letters of what PyTorch says of a checkpoint that does not fit


def save_checkpoint(folder: Path, epoch: int, state: dict[str, Any], *, keep: str) -> None:
    """Write the checkpoint of ``epoch``; with ``keep='last'`` drop those before it."""
    path = folder / f"epoch-{epoch:03d}.pt"
    with replacing(path) as temporary, temporary.open("wb") as file:
        try:
            torch.save(state, file)
        except RuntimeError as error:  # PyTorch's own, on closing what it could not write
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise
    if keep == "last":
        for older in checkpoint_files(folder):
            if older != path:
                with writing(folder):
                    older.unlink()


def remove_checkpoints(folder: Path) -> None:
    """Remove all checkpoints: nothing goes on from them any more.

    Raises:
        WriteError: if one cannot be removed.
    """
    for path in checkpoint_files(folder):
        with writing(folder):
            path.unlink()


def has_checkpoint(folder: Path) -> bool:
    """Tell whether there is a checkpoint to go on from, whole or not."""
    return bool(checkpoint_files(folder))


def restore_last_checkpoint(folder: Path, restore: Callable[[dict[str, Any]], None]) -> None:
    """Hand the newest checkpoint in ``folder``, if there is one, to what goes on from it.

    Only tensors and plain values are read; no code is run.

    Args:
        folder: The checkpoints.
        restore: Takes what :func:`save_checkpoint` was given.

    Raises:
        InputError: if it cannot be read, or ``restore`` fails: it is of another training.
    """
    paths = checkpoint_files(folder)
    if not paths:
        return
    path = paths[-1]
    expected = "a checkpoint of this run (without the file, it continues from the one before it)"
    if not path.is_file():  # a reader would wait for a pipe
        raise InputError(path, "no file", expected)
    try:
        _check_sums(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds
        found = f"cannot be read ({type(error).__name__})"
        raise InputError(path, found, expected) from error
    try:
        restore(state)
    except Exception as error:  # whatever keys, types and shapes that do not fit lead to
        found = f"does not fit ({type(error).__name__}: {one_line(str(error)):.{_SHOWN}})"
        raise InputError(path, found, expected) from error


def _check_sums(path: Path) -> None:
    """Compare what is stored with the sums that PyTorch wrote beside it, and itself ignores."""
    with ZipFile(path) as archive:
        damaged = archive.testzip()
    if damaged is not None:
        raise BadZipFile(f"{damaged} is damaged")
