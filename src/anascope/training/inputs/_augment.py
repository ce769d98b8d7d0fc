"""Random changes to a batch, in one step on the device."""

from __future__ import annotations

from torch import Generator

from anascope.presets import AugmentationPreset
from anascope.training.inputs._appearance import change_appearance
from anascope.training.inputs._batch import Batch
from anascope.training.inputs._position import change_position


def augment(batch: Batch, preset: AugmentationPreset, generator: Generator) -> Batch:
    """Return the batch with every patch changed at random, each in its own way.

    Flips, right angles and scale change image and mask together; beyond the edge of a patch both
    are mirrored. Spectrum, stain, blur, illumination and noise change the signal alone; brightness
    multiplies the signal and the range of its field.

    Args:
        batch: The patches.
        preset: The strength of each change.
        generator: The only source of randomness; on the CPU.
    """
    return change_appearance(change_position(batch, preset, generator), preset, generator)
