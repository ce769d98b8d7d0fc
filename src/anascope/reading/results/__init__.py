"""The files of a reading: tables, masks, outlines, pictures, sheets and the page of a batch.

A :class:`ResultsFolder` takes one field after the other and makes the tables and the page at the
end; each part can also be used alone. Nothing here needs a network.

>>> from anascope.reading.results import colour_of
>>> colour_of("homogeneous")
(86, 180, 233)
"""

from anascope.reading.results._as_json import FORMAT
from anascope.reading.results._colours import colour_of
from anascope.reading.results._contact import contact_sheet
from anascope.reading.results._decided import (
    NO_ANSWER,
    flag_line,
    intensity_word,
    pattern_word,
    said_of,
    why_not_of,
)
from anascope.reading.results._dividing import TILE, row_of_cells
from anascope.reading.results._field_files import read_field_files
from anascope.reading.results._folder import ResultsFolder
from anascope.reading.results._geojson import write_geojson
from anascope.reading.results._heat import heat_map
from anascope.reading.results._label_mask import write_label_mask
from anascope.reading.results._outlines import TOLERANCE, Outline, outlines_of
from anascope.reading.results._overlay import overlay
from anascope.reading.results._page import PageField, PageSpecimen, to_page
from anascope.reading.results._patterns import shown_pattern
from anascope.reading.results._percent import percent
from anascope.reading.results._rois import write_rois
from anascope.reading.results._schema import schema
from anascope.reading.results._sheet import sheet_files, write_sheet
from anascope.reading.results._specimen_folder import SpecimenFolder
from anascope.reading.results._store import Store, StoredField
from anascope.reading.results._tables import cell_table, field_table, specimen_table

__all__ = [
    "FORMAT",
    "NO_ANSWER",
    "TILE",
    "TOLERANCE",
    "Outline",
    "PageField",
    "PageSpecimen",
    "ResultsFolder",
    "SpecimenFolder",
    "Store",
    "StoredField",
    "cell_table",
    "colour_of",
    "contact_sheet",
    "field_table",
    "flag_line",
    "heat_map",
    "intensity_word",
    "outlines_of",
    "overlay",
    "pattern_word",
    "percent",
    "read_field_files",
    "row_of_cells",
    "said_of",
    "schema",
    "sheet_files",
    "shown_pattern",
    "specimen_table",
    "to_page",
    "why_not_of",
    "write_geojson",
    "write_label_mask",
    "write_rois",
    "write_sheet",
]
