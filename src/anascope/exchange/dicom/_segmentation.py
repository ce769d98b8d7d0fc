"""The cells of a field as a segmentation."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from tifffile import imread

from anascope._version import __version__
from anascope.errors import InputError
from anascope.exchange.dicom._codes import MAKER, label, library, local, snomed, uid
from anascope.reading import FieldReading

SegmentationKind = Literal["binary", "labelmap"]
"""``binary``: all cells as one segment, and those in mitosis as a second; every viewer shows it.
``labelmap``: each cell as a segment of its own, which takes software of 2024 or later."""

_MITOTIC = 0.5
_MOST_SEGMENTS = 65535
_MOST_PIXELS = 100_000_000  # highdicom holds several copies in memory


def segmentation_of(
    field: FieldReading,
    labels: NDArray[Any],
    source: Any,
    *,
    kind: SegmentationKind = "binary",
) -> Any:
    """Return the cells of a field as a segmentation of an image.

    Touching cells are one area in a segment of kind ``binary``; ``labelmap`` keeps them apart, and
    the number of a segment is that of the cell.

    Args:
        field: What was read of it, with its cells.
        labels: The number of the cell at each pixel, axes (y, x), 0 where none is.
        source: The image, as a data set of pydicom.
        kind: Of the segments.

    Returns:
        A data set of pydicom.

    Raises:
        InputError: if the field has no cell, is too large, or the image is of another size.
    """
    shape = (int(source.Rows), int(source.Columns))
    where = f"field {field.field} of specimen {field.specimen}"
    if labels.shape != shape:
        found = f"a label mask of {labels.shape[1]}×{labels.shape[0]} pixels"
        raise InputError(where, found, f"{shape[1]}×{shape[0]}, as the image has")
    if labels.size > _MOST_PIXELS:
        found = f"a field of {shape[1]}×{shape[0]} pixels"
        raise InputError(where, found, f"at most {_MOST_PIXELS} for a segmentation")
    if not field.cells:
        raise InputError(where, "no cells", "at least one to write a segmentation of")
    segments, pixels = _binary(field, labels) if kind == "binary" else _labelmap(field, labels)
    # highdicom would give the segmentation a pixel size without the thickness of a slice, which
    # nobody knows here, and then cannot read it: the image has the size.
    bare = copy(source)
    if "PixelSpacing" in bare:
        del bare.PixelSpacing
    made = library("highdicom.seg").Segmentation(
        [bare],
        pixels,
        kind.upper(),
        segments,
        series_instance_uid=uid(),
        series_number=100,
        sop_instance_uid=uid(),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name=MAKER,
        software_versions=__version__,
        device_serial_number="0",
        content_label="CELLS",
        content_description=label(f"Cells of {field.field}"),
        omit_empty_frames=False,
        # Bits of a binary segmentation cannot be compressed; numbers of cells can.
        **({} if kind == "binary" else {"transfer_syntax_uid": "1.2.840.10008.1.2.5"}),
    )
    made.PatientOrientation = None
    return made


def read_labels(path: Path) -> NDArray[Any]:
    """Return the label mask that reading has written.

    Raises:
        InputError: if it is missing or damaged.
    """
    try:
        labels: NDArray[Any] = imread(path)
    except Exception as error:  # whatever a damaged file makes of its reader
        raise InputError(path, f"cannot be read ({error})", "the label mask of a field") from None
    return labels


def _binary(field: FieldReading, labels: NDArray[Any]) -> tuple[list[Any], NDArray[np.bool_]]:
    """Return all cells, and those that are told to be in mitosis; axes (1, y, x, segment)."""
    segments = [_segment(1, "Cells", snomed("Cell"))]
    masks = [labels > 0]
    mitotic = [cell.cell for cell in field.cells if (cell.mitotic or 0) >= _MITOTIC]
    if mitotic:
        segments.append(_segment(2, "Cells in mitosis", local("mitotic-cell", "Cell in mitosis")))
        masks.append(np.isin(labels, mitotic))
    return segments, np.stack(masks, axis=-1)[None]


def _labelmap(field: FieldReading, labels: NDArray[Any]) -> tuple[list[Any], NDArray[np.uint16]]:
    """Return each cell; axes (1, y, x)."""
    numbers: Sequence[int] = sorted(cell.cell for cell in field.cells)
    if numbers[-1] > _MOST_SEGMENTS:
        found = f"a cell of number {numbers[-1]}"
        raise InputError(f"field {field.field}", found, f"at most {_MOST_SEGMENTS}")
    cell = snomed("Cell")
    mitotic = {reading.cell for reading in field.cells if (reading.mitotic or 0) >= _MITOTIC}
    segments = [
        _segment(
            number,
            f"Cell {number}",
            local("mitotic-cell", "Cell in mitosis") if number in mitotic else cell,
        )
        for number in numbers
    ]
    return segments, labels.astype(np.uint16)[None]


def _segment(number: int, name: str, kind: Any) -> Any:
    highdicom: Any = library("highdicom")
    algorithm = highdicom.AlgorithmIdentificationSequence(
        name=MAKER,
        family=library("pydicom.sr.codedict").codes.DCM.ArtificialIntelligence,
        version=__version__,
    )
    return library("highdicom.seg").SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=snomed("AnatomicalStructure"),
        segmented_property_type=kind,
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm,
        tracking_uid=uid(),
        tracking_id=name,
    )
