"""DICOM: the cells of fields as segmentations (SEG), and a structured report (SR) on a specimen.

Segmentation and report refer to an image in DICOM. Where the field was read from one, that is it;
else the field is written as one beside them. ``anascope[dicom]`` installs highdicom, which writes
them. Reading images in DICOM is part of :mod:`anascope.images`.

>>> from pathlib import Path
>>> from anascope.exchange import finding_of, specimens_in
>>> from anascope.exchange.dicom import write_objects
>>> for result in specimens_in("reading"):                                 # doctest: +SKIP
...     write_objects(result, finding_of(result), Path("dicom"))
"""

from anascope.exchange.dicom._report import ReportedField, report_on
from anascope.exchange.dicom._segmentation import SegmentationKind, segmentation_of
from anascope.exchange.dicom._source import Source, source_of
from anascope.exchange.dicom._write import write_folder, write_objects

__all__ = [
    "ReportedField",
    "SegmentationKind",
    "Source",
    "report_on",
    "segmentation_of",
    "source_of",
    "write_folder",
    "write_objects",
]
