"""Fields of a cohort in the device's memory, at the network's scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from anascope.cohorts import Cohort
from anascope.images import at_scale, signal_range
from anascope.networks import PatchGrid
from anascope.presets import ImagePreset
from anascope.records import FieldRecord, Window
from anascope.tasks import TASKS, CellTruth, Task
from anascope.training.inputs._batch import Batch
from anascope.training.inputs._field_truth import cell_truth, padded
from anascope.training.inputs._windows import Windows
from anascope.words import Vocabulary

Stored = NDArray[np.uint8] | NDArray[np.float16]
"""A field at the network's scale, (y, x): uint8 of which 255 counts as 1, or 0 to 1."""


@dataclass(frozen=True, slots=True)
class PatchPlace:
    """The origin of a patch: the field, its number there, its window at network scale."""

    field: int
    number: int
    window: Window


class ResidentFields:
    """Fields, masks and labels on one device, served as batches of patches.

    8-bit fields at scale 1 stay 8-bit (the whole I3A set is 1.5 GB); where one is resized or has
    16 bits, all are half floats, whose 11 bits keep the averages that resizing makes.

    Args:
        cohort: The cohort of the fields.
        records: The fields to hold.
        image: Scale and patch size.
        vocabulary: The classes that the network distinguishes.
        tasks: The tasks whose truth is needed.
        device: The device that holds them.
        on_field: Called after each field has been read, for progress.

    Attributes:
        records: The fields.
        grids: For each field, its patch grid at network scale.
        patches: All patches, field by field.
    """

    def __init__(
        self,
        cohort: Cohort,
        records: Sequence[FieldRecord],
        *,
        image: ImagePreset,
        vocabulary: Vocabulary,
        tasks: Sequence[Task] = TASKS,
        device: torch.device | str = "cpu",
        on_field: Callable[[], None] = lambda: None,
    ) -> None:
        self.records = tuple(records)
        self.device = torch.device(device)
        self._size = image.network_size
        mapped = [task for task in tasks if task.maps(vocabulary)]
        signals: list[Tensor] = []
        masks: list[Tensor] = []
        maps: dict[str, list[list[Tensor]]] = {task.name: [] for task in mapped}
        ranges = []
        known = []
        self.grids: list[PatchGrid] = []
        for record in self.records:
            scale = image.scale_of(record.pixel_size_um, record.field)
            signal = at_scale(cohort.image(record), scale, record.full_scale)
            height, width = signal.shape
            truth = cell_truth(cohort, record, (height, width), scale, instances=bool(mapped))
            self.grids.append(PatchGrid.over(height, width, self._size))
            ranges.append(signal_range(signal))
            known.append([task.is_known(record, truth) for task in tasks])
            signal, truth = self._padded(signal, truth)
            signals.append(torch.from_numpy(signal))
            masks.append(torch.from_numpy(truth.mask))
            for task in mapped:
                channels = list(torch.from_numpy(task.map_target(truth)))
                of_task = maps[task.name]
                of_task.extend([] for _ in range(len(channels) - len(of_task)))
                for images, channel in zip(of_task, channels, strict=True):
                    images.append(channel)
            on_field()
        self._ranges = torch.tensor(np.array(ranges), dtype=torch.float32, device=self.device)
        self._targets = {
            task.name: torch.from_numpy(np.stack(rows)).to(self.device)
            for task in tasks
            if (rows := _targets(task, self.records, vocabulary))
        }
        self.patches = [
            PatchPlace(field, number, window)
            for field, grid in enumerate(self.grids)
            for number, window in enumerate(grid)
        ]
        places = [(patch.field, patch.window) for patch in self.patches]
        self._signal = Windows(_of_one_type(signals), self._size, places, self.device)
        self._mask = Windows(masks, self._size, places, self.device)
        self._maps = {
            name: [Windows(images, self._size, places, self.device) for images in channels]
            for name, channels in maps.items()
        }
        fields = np.array([patch.field for patch in self.patches], np.int64)
        self._field = torch.from_numpy(fields).to(self.device)
        # Beside the tensors, of each patch, so that asking does not wait for the device.
        self._known = np.array(known, np.bool_).reshape(-1, len(tasks))[fields]
        self._known &= [task.teaches(self.records, vocabulary) for task in tasks]

    def __len__(self) -> int:
        return len(self.patches)

    def batch(self, indices: Sequence[int]) -> Batch:
        """Return the patches of these numbers (in :attr:`patches`) as a batch."""
        (batch,) = self.batches(max(len(indices), 1), indices)
        return batch

    def batches(self, size: int, order: Sequence[int] | None = None) -> Iterator[Batch]:
        """Yield batches of ``size`` patches; the last one has the rest.

        Args:
            size: Patches in a batch.
            order: Numbers of the patches; all of them in their order if None.
        """
        numbers = np.arange(len(self)) if order is None else np.array(order, np.int64)
        # All of an epoch's order goes to the device at once.
        on_device = torch.from_numpy(numbers).to(self.device, non_blocking=True)
        for start in range(0, len(numbers), size):
            rows = slice(start, start + size)
            yield self._batch(on_device[rows], self._known[numbers[rows]])

    def _batch(self, which: Tensor, known: NDArray[np.bool_]) -> Batch:
        """Return patches as a batch.

        Args:
            which: (patches,), their numbers, on the device.
            known: (patches, tasks), whether each task has a label.
        """
        field = self._field[which]
        targets = {task: rows[field] for task, rows in self._targets.items()}
        for name, channels in self._maps.items():
            targets[name] = torch.stack([channel.read(which) for channel in channels], dim=1)
        return Batch(
            signal=_as_unit(self._signal.read(which))[:, None],
            ranges=self._ranges[field],
            targets={"mask": self._mask.read(which), **targets},
            active=tuple(bool(any_known) for any_known in np.any(known, axis=0)),
        )

    def _padded(self, signal: Stored, truth: CellTruth) -> tuple[Stored, CellTruth]:
        """Extend a field smaller than a patch: repeat its edge, say that nothing is known."""
        height, width = (max(side, self._size) for side in signal.shape)
        if (height, width) == signal.shape:
            return signal, truth
        more = ((0, height - signal.shape[0]), (0, width - signal.shape[1]))
        larger: Any = np.pad(signal, more, mode="edge")
        return larger, padded(truth, (height, width))


def _of_one_type(signals: list[Tensor]) -> list[Tensor]:
    """Return fields as they are if they are of one type, else all as half floats of 0 to 1."""
    if len({signal.dtype for signal in signals}) < 2:
        return signals
    return [_as_unit(signal).to(torch.float16) for signal in signals]


def _as_unit(signal: Tensor) -> Tensor:
    return signal.float() / 255 if signal.dtype == torch.uint8 else signal.float()


def _targets(
    task: Task, records: Sequence[FieldRecord], vocabulary: Vocabulary
) -> list[NDArray[Any]]:
    """Return the rows of a task's truth, none if it is of pixels."""
    rows = [task.target(record, vocabulary) for record in records]
    return [row for row in rows if row is not None]
