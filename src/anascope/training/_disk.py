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
    """What the files of a run take, in bytes.

    Attributes:
        checkpoint: One checkpoint.
        model: The model.
        results: Everything else, generously.
        kept: Checkpoints that stay when the run has ended.
    """

    checkpoint: int
    model: int
    results: int
    kept: int

    @property
    def stays(self) -> int:
        """What the run takes when it has ended."""
        return self.kept * self.checkpoint + self.model + self.results

    @property
    def most(self) -> int:
        """What it takes at most: a checkpoint is whole before the one before is removed."""
        return max(self.kept, 2) * self.checkpoint + self.model + self.results


def run_disk(preset: Preset, cohort: Cohort, *, extendable: bool = True) -> RunDisk:
    """Return what a run will take, from the numbers that its network has.

    Args:
        preset: How it is trained.
        cohort: On what.
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
    """Refuse work whose files have no room.

    Args:
        folder: Where they will be; it need not be there yet.
        needed: Bytes that are still to be written there.
        what: Needs them, for the message.

    Raises:
        InputError: if so much is not free. A quota of the user is not seen.
    """
    free = free_bytes(folder)
    if needed > free:
        raise InputError(
            folder,
            f"{size_text(free)} free on the disk",
            f"{size_text(needed)}, which {what} may need (--ignore-disk to begin all the same)",
        )


def bytes_in(folder: Path) -> int:
    """Return what the files of a folder take; 0 if it is not there."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk that a folder is, or will be, on."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


def size_text(size: int) -> str:
    """Return a number of bytes in words.

    >>> size_text(3_830_000_000), size_text(250_000)
    ('3.8 GB', '0.2 MB')
    """
    return f"{size / _GIGA:.1f} GB" if size >= _GIGA else f"{size / _MEGA:.1f} MB"


def _bytes_of(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
