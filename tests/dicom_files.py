"""DICOM images that tests write; pydicom must be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VL_MICROSCOPIC = "1.2.840.10008.5.1.4.1.1.77.1.2"
WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"


def dicom_image(pixels: NDArray[Any], **attributes: Any) -> Any:
    """Return a DICOM image, not compressed, as a data set of pydicom.

    Args:
        pixels: Axes (y, x), (frame, y, x), (y, x, 3) or (frame, y, x, 3); uint8 or uint16.
        attributes: By keyword, in place of what is written otherwise; None leaves one out.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    colour = pixels.ndim > 2 and pixels.shape[-1] == 3
    frames = pixels.shape[0] if pixels.ndim == (4 if colour else 3) else None
    bits = 8 * pixels.dtype.itemsize
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = VL_MICROSCOPIC
    image.SOPInstanceUID = generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.Modality = "GM"
    image.SamplesPerPixel = 3 if colour else 1
    image.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        image.PlanarConfiguration = 0
    if frames is not None:
        image.NumberOfFrames = frames
    image.Rows, image.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    image.BitsAllocated, image.BitsStored, image.HighBit = bits, bits, bits - 1
    image.PixelRepresentation = 0
    image.PixelData = np.ascontiguousarray(pixels).tobytes()
    for name, value in attributes.items():
        if value is None:
            del image[name]
        else:
            setattr(image, name, value)
    return image


def save(image: Any, path: Path) -> Path:
    """Write a data set, and return where."""
    image.save_as(path, enforce_file_format=True)
    return path


def item(**attributes: Any) -> Any:
    """Return an item of a sequence."""
    from pydicom.dataset import Dataset

    made = Dataset()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made
