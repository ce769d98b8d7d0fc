"""The batches of a training: fields on the device, sampling, augmentation.

:func:`anascope.networks.build_views` makes the views of a batch.
"""

from anascope.training.inputs._augment import augment
from anascope.training.inputs._batch import Batch
from anascope.training.inputs._resident import PatchPlace, ResidentFields
from anascope.training.inputs._sampling import PatchSampler

__all__ = ["Batch", "PatchPlace", "PatchSampler", "ResidentFields", "augment"]
