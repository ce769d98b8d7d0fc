"""What a training takes its batches from: fields on the device, sampling, augmentation.

The views that are made of a batch are :func:`anascope.networks.build_views`.
"""

from anascope.training.inputs._augment import augment
from anascope.training.inputs._batch import Batch
from anascope.training.inputs._resident import PatchPlace, ResidentFields
from anascope.training.inputs._sampling import PatchSampler

__all__ = ["Batch", "PatchPlace", "PatchSampler", "ResidentFields", "augment"]
