"""What processes do in the tests of this folder; imports little, for each imports it anew."""

from __future__ import annotations

import os
from pathlib import Path


def note(folder: Path, name: str) -> None:
    """Note the process and its threads of PyTorch."""
    import torch

    (folder / name).write_text(f"{os.getpid()} {torch.get_num_threads()}")


def fail(name: str) -> None:
    raise ValueError(name)
