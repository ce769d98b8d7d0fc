"""Checkpoints: everything that an unbroken run would know at the end of an epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from anascope.errors import InputError
from anascope.files import replacing
from anascope.writing import writing


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
        for older in folder.glob("epoch-*.pt"):
            if older != path:
                with writing(folder):
                    older.unlink()


def load_last_checkpoint(folder: Path) -> dict[str, Any] | None:
    """Return the newest checkpoint in ``folder``, or None.

    Only tensors and plain values are read; no code is run.

    Raises:
        InputError: if it cannot be read.
    """
    paths = sorted(folder.glob("epoch-*.pt"))
    if not paths:
        return None
    try:
        state: dict[str, Any] = torch.load(paths[-1], map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds
        raise InputError(
            paths[-1], f"cannot be read ({type(error).__name__})", "a checkpoint"
        ) from error
    return state
