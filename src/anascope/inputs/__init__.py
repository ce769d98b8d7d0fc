"""What the network sees: fields resident on the device, patches, augmentation, views."""

from anascope.inputs._augment import augment
from anascope.inputs._batch import Batch
from anascope.inputs._resident import PatchPlace, ResidentFields
from anascope.inputs._views import build_views

__all__ = ["Batch", "PatchPlace", "ResidentFields", "augment", "build_views"]
