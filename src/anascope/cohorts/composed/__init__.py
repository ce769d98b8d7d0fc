"""Sources that are made of cohorts: several put together, and single cells laid out as fields.

What lies in files of others is read by :mod:`anascope.cohorts.sources`.
"""

from anascope.cohorts.composed._merged import MergedSource, merged_names
from anascope.cohorts.composed._mosaic import MosaicSource

__all__ = ["MergedSource", "MosaicSource", "merged_names"]
