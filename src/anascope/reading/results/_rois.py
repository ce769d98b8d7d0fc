"""Outlines as a zip of ImageJ regions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from anascope.files import replacing
from anascope.reading import FieldReading
from anascope.reading.results._colours import colour_of
from anascope.reading.results._outlines import Outline
from anascope.reading.results._patterns import shown_pattern

# Without it a zip would hold the time of writing; the format begins with this one.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def write_rois(field: FieldReading, outlines: Iterable[Outline], path: str | Path) -> None:
    """Write outlines as a zip that ImageJ's ROI Manager opens (*More > Open*).

    Each is a polygon with the cell's number for a name and its pattern's colour. Corners have
    fractions of pixels; ImageJ counts those of areas from the upper left corner of the image, as
    outlines do (``Roi.useLineSubpixelConvention`` is false for areas).

    Args:
        field: What was read of the field.
        outlines: Of its cells.
        path: The file to write, whole or not at all.
    """
    path = Path(path)
    from roifile import ROI_TYPE, ImagejRoi

    cells = {cell.cell: cell for cell in field.cells}
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for outline in outlines:
            roi = ImagejRoi.frompoints(outline.points, name=str(outline.cell))
            roi.roitype = ROI_TYPE.POLYGON
            colour = colour_of(shown_pattern(field, cells.get(outline.cell)))
            roi.stroke_color = bytes((255, *colour))
            entry = zipfile.ZipInfo(f"{outline.cell}.roi", _NO_DATE)
            archive.writestr(entry, roi.tobytes())
