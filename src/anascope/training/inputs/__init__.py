"""What the network sees: fields resident on the device, patches, sampling, augmentation."""

from anascope.training.inputs._augment import augment
from anascope.training.inputs._batch import Batch
from anascope.training.inputs._resident import PatchPlace, ResidentFields
from anascope.training.inputs._sampling import PatchSampler

__all__ = ["Batch", "PatchPlace", "PatchSampler", "ResidentFields", "augment"]
