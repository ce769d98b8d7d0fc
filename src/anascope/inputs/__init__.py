"""What the network sees: fields resident on the device, patches, sampling, augmentation."""

from anascope.inputs._augment import augment
from anascope.inputs._batch import Batch
from anascope.inputs._resident import PatchPlace, ResidentFields
from anascope.inputs._sampling import PatchSampler

__all__ = ["Batch", "PatchPlace", "PatchSampler", "ResidentFields", "augment"]
