"""A batch of patches."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from anascope.tasks import Targets


@dataclass(frozen=True)
class Batch:
    """Patches with their truth.

    Attributes:
        signal: (batch, 1, y, x), float32, 0 to 1 of the full scale.
        ranges: (batch, 2), the dark and the bright level of the field that a patch is from, in
            the unit of the signal.
        targets: The truth.
        active: For each task of the network, whether the batch has any label. Kept beside the
            tensors, so that asking does not wait for the device.
    """

    signal: Tensor
    ranges: Tensor
    targets: Targets
    active: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.signal)
