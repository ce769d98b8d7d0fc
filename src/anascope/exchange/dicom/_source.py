"""The image in DICOM that a field's segmentation refers to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anascope.errors import InputError
from anascope.exchange._results import FieldResult
from anascope.exchange.dicom._codes import MAKER, label, library, uid
from anascope.files import path_of_uri
from anascope.images import AskedChannel, SameCamera, SignalImage, read_pages, spelled
from anascope.reading import FieldReading, Provenance

_PATIENT = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber")
_STUDY = ("StudyID", "StudyDate", "StudyTime", "ReferringPhysicianName")


@dataclass(frozen=True, slots=True)
class Source:
    """An image in DICOM.

    Attributes:
        image: It, as a data set of pydicom; of an original without its pixels.
        converted: Whether it was made from the field and has to be written.
    """

    image: Any
    converted: bool


def source_of(
    field: FieldResult, identity: str, *, serum: str = "", now: datetime.datetime | None = None
) -> Source:
    """Return the image that a field was read from, as DICOM.

    A DICOM file of one frame is taken as it is. Any other image, and each frame of several, is made
    into a secondary capture of 8 or 16 bits: its signal at full scale, with the pixel size.

    Args:
        field: The field.
        identity: Of its specimen: converted fields of one specimen are one study.
        serum: Stands as the patient's identifier in converted images.
        now: When it is converted; the present if None.

    Raises:
        InputError: if the image is gone or has changed since it was read, or it was an array.
    """
    reading = field.reading
    if reading.provenance is None:
        found = "a field that was read from an array"
        raise InputError(field.folder, found, "one that was read from a file")
    path = path_of_uri(reading.provenance.file)
    page = _page(path, reading.provenance)
    original = _original(path)
    if original is not None:
        return Source(original, converted=False)
    made = _converted(page, reading, identity, serum, now or datetime.datetime.now())
    return Source(made, converted=True)


def _page(path: Path, provenance: Provenance) -> SignalImage:
    """Return the very page that was read, at the full scale at which it was."""
    asked = provenance.channel_asked
    camera = SameCamera((), known=[provenance.full_scale])
    channel = None if asked is None else AskedChannel.of(asked)
    for page in read_pages(path, asked=channel, camera=camera):
        if isinstance(page, InputError):
            if provenance.pages == 1:
                raise page
        elif page.sha256 != provenance.sha256:
            break
        elif page.page == provenance.page:
            return page
    found = "an image that has changed since it was read"
    raise InputError(spelled(path), found, "the image that was read, or a new reading")


def _original(path: Path) -> Any:
    """Return a DICOM file of one plain frame, without its pixels, or None if it is another."""
    if not library("pydicom.misc").is_dicom(path):
        return None
    image = library("pydicom").dcmread(path, stop_before_pixels=True)
    if "SharedFunctionalGroupsSequence" in image or int(image.get("NumberOfFrames") or 1) != 1:
        return None
    needs = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "Modality")
    if any(image.get(name) is None for name in needs):
        return None
    for name in (*_PATIENT, *_STUDY):  # that may be empty, and that highdicom asks for
        if name not in image:
            setattr(image, name, None)
    return image


def _converted(
    page: SignalImage, reading: FieldReading, identity: str, serum: str, now: datetime.datetime
) -> Any:
    """Return a field as a secondary capture."""
    highdicom: Any = library("highdicom")
    specimen = highdicom.SpecimenDescription(
        specimen_id=label(reading.specimen), specimen_uid=uid(identity, "specimen")
    )
    size = reading.pixel_size_um
    bits = 8 * page.pixels.dtype.itemsize
    image = highdicom.sc.SCImage(
        np.ascontiguousarray(page.pixels),
        "MONOCHROME2",
        bits,
        "SLIDE",
        study_instance_uid=uid(identity, "study"),
        series_instance_uid=uid(identity, "images"),
        series_number=1,
        sop_instance_uid=uid(),
        instance_number=1,
        manufacturer=MAKER,
        patient_id=label(serum) if serum else None,
        study_id=None,
        study_date=now.date(),
        study_time=now.time().replace(microsecond=0),
        pixel_spacing=None if size is None else (size / 1000, size / 1000),
        container_identifier=label(reading.specimen),
        specimen_descriptions=[specimen],
    )
    image.Modality = "GM"  # general microscopy
    image.PatientOrientation = None
    image.ImageComments = f"Field {reading.field} of specimen {reading.specimen}"
    if bits > 8:  # says that the field is at the full scale of its bits
        image.WindowCenter, image.WindowWidth = 2 ** (bits - 1), 2**bits
    return image
