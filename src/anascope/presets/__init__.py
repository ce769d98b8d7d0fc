"""Presets: complete, named descriptions of a training, as files.

A preset only describes: networks are built in :mod:`anascope.networks`, trained in
:mod:`anascope.training`.

>>> from anascope.presets import load_preset
>>> load_preset("paper").network.encoder
'residual'
>>> load_preset("paper", {"balancing.alpha": 6}).balancing.alpha
6.0
"""

from anascope.presets._load import change_preset, load_preset, preset_names, preset_to_yaml
from anascope.presets._preset import (
    AugmentationPreset,
    BalancingPreset,
    ImagePreset,
    LossPreset,
    NetworkPreset,
    Preset,
    SamplingPreset,
    TrainingPreset,
)

__all__ = [
    "AugmentationPreset",
    "BalancingPreset",
    "ImagePreset",
    "LossPreset",
    "NetworkPreset",
    "Preset",
    "SamplingPreset",
    "TrainingPreset",
    "change_preset",
    "load_preset",
    "preset_names",
    "preset_to_yaml",
]
