"""How much of a disk a run takes, told before it begins."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.models import network_without_numbers
from anascope.presets import Preset
from anascope.training._vocabulary import vocabulary_of

# What files take beside the numbers: for each tensor its name, its place and its sums.
_IN_A_CHECKPOINT, _IN_A_MODEL = 290, 100
_CARD = 5_000
_RESULTS = 3_000_000  # tables, measures, curves, a picture of four fields, TensorBoard

_GIGA, _MEGA = 1e9, 1e6


@dataclass(frozen=True)
class RunDisk:
    """The disk space that the files of a run take, in bytes.

    Attributes:
        checkpoint: One checkpoint.
        model: The model.
        results: Everything else, estimated generously.
        kept: Number of checkpoints that stay when the run has ended.
    """

    checkpoint: int
    model: int
    results: int
    kept: int

    @property
    def stays(self) -> int:
        """Space that the run takes when it has ended."""
        return self.kept * self.checkpoint + self.model + self.results

    @property
    def most(self) -> int:
        """The most that it takes: a checkpoint is complete before the previous one is removed."""
        return max(self.kept, 2) * self.checkpoint + self.model + self.results


def run_disk(preset: Preset, cohort: Cohort, *, extendable: bool = True) -> RunDisk:
    """Return the disk space that a run takes, from the size of its network.

    Args:
        preset: The preset of the training.
        cohort: The cohort.
        extendable: Whether its last checkpoint stays, as for :func:`~anascope.training.fit`.

    Raises:
        InputError: if the network cannot be built.
    """
    training = preset.training
    network = network_without_numbers(preset, vocabulary_of(preset, cohort))
    weights, moved = list(network.state_dict().values()), list(network.parameters())
    # Those that are trained, their average, and the best epoch's; Adam's two moments and its count.
    sets = 1 + (training.weight_average > 0) + (training.select != "last")
    tensors = sets * len(weights) + 3 * len(moved)
    numbers = sets * _bytes_of(weights) + 2 * _bytes_of(moved) + 4 * len(moved)
    kept = training.epochs if training.keep_checkpoints == "all" else int(extendable)
    return RunDisk(
        checkpoint=numbers + _IN_A_CHECKPOINT * tensors,
        model=_bytes_of(weights) + _IN_A_MODEL * len(weights) + _CARD,
        results=_RESULTS,
        kept=kept,
    )


def require_disk(folder: Path, needed: int, what: str) -> None:
    """Refuse work if there is no room for its files.

    Args:
        folder: The folder of the files; it need not exist yet.
        needed: Bytes that are still to be written there.
        what: The work that needs them, for the message.

    Raises:
        InputError: if less is free. Quotas of the user are not checked.
    """
    free = free_bytes(folder)
    if needed > free:
        raise InputError(
            folder,
            f"{size_text(free)} free on the disk",
            f"{size_text(needed)}, which {what} may need (--ignore-disk to begin all the same)",
        )


def bytes_in(folder: Path) -> int:
    """Return the bytes that the files of a folder take; 0 if it does not exist."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_bytes(folder: Path) -> int:
    """Return the free bytes on the disk of a folder, which need not exist yet."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free


def size_text(size: int) -> str:
    """Return a number of bytes in words.

    >>> size_text(3_830_000_000), size_text(250_000)
    ('3.8 GB', '0.2 MB')
    """
    return f"{size / _GIGA:.1f} GB" if size >= _GIGA else f"{size / _MEGA:.1f} MB"


def _bytes_of(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
