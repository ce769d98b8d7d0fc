"""Image files: the fields in them, their pixel size, and fields rescaled or shown.

This package turns files into grey levels for all other packages. It knows nothing about cells,
labels or networks; prepared sets of fields are :mod:`anascope.cohorts`.

>>> from anascope.images import read_pages
>>> for image in read_pages("well-07.ome.tif"):                            # doctest: +SKIP
...     print(image.name, image.pixels.shape, image.pixel_size_um)
well-07 (1040, 1388) 0.3225
"""

from anascope.images._bioio import MICROSCOPE_SUFFIXES
from anascope.images._camera import SameCamera
from anascope.images._channels import AskedChannel
from anascope.images._decode import EXPECTED
from anascope.images._dicom import DICOM_SUFFIXES
from anascope.images._full_scale import (
    FullScaleFrom,
    at_full_scale,
    full_scale_of_16_bits,
    values_ask_for,
)
from anascope.images._grey import GreyImage, size_of
from anascope.images._kind import IMAGE_SUFFIXES
from anascope.images._levels import count_levels
from anascope.images._masks import cells_shown, plain_mask, read_mask
from anascope.images._names import spelled, stem_of
from anascope.images._pages import (
    SignalImage,
    content_sha256,
    page_name,
    read_pages,
    read_signal,
    signal_from,
)
from anascope.images._range import RANGE_PERCENTILES, signal_range
from anascope.images._resize import at_scale, resize_area, resized, size_at
from anascope.images._scale_bar import bar_length_um
from anascope.images._stretch import STRETCH_RULE, stretched

__all__ = [
    "DICOM_SUFFIXES",
    "EXPECTED",
    "IMAGE_SUFFIXES",
    "MICROSCOPE_SUFFIXES",
    "RANGE_PERCENTILES",
    "STRETCH_RULE",
    "AskedChannel",
    "FullScaleFrom",
    "GreyImage",
    "SameCamera",
    "SignalImage",
    "at_full_scale",
    "at_scale",
    "bar_length_um",
    "cells_shown",
    "content_sha256",
    "count_levels",
    "full_scale_of_16_bits",
    "page_name",
    "plain_mask",
    "read_mask",
    "read_pages",
    "read_signal",
    "resize_area",
    "resized",
    "signal_from",
    "signal_range",
    "size_at",
    "size_of",
    "spelled",
    "stem_of",
    "stretched",
    "values_ask_for",
]
