"""Read HEp-2 indirect-immunofluorescence images with one jointly trained network.

The package is organised by what a user does, and imports point one way::

    errors
        <- words, records, files
        <- cohorts, patches, networks, balancing, presets, metrics, synthetic
        <- folds, losses, models
        <- inputs, plots
        <- training
        <- evaluation
        <- cli

Importing ``anascope`` does no work: PyTorch, Zarr and pandas are imported by the
sub-packages that need them.
"""

from anascope._version import __version__
from anascope.errors import AnascopeError, InputError

__all__ = ["AnascopeError", "InputError", "__version__"]
