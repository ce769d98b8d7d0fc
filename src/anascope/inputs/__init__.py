"""What the network sees: fields resident on the device, patches, sampling, augmentation, views."""

from anascope.inputs._augment import augment
from anascope.inputs._batch import Batch
from anascope.inputs._resident import PatchPlace, ResidentFields
from anascope.inputs._sampling import PatchSampler
from anascope.inputs._views import build_views

__all__ = ["Batch", "PatchPlace", "PatchSampler", "ResidentFields", "augment", "build_views"]
