"""What reading writes: tables, masks, outlines, pictures, sheets and the page of a batch.

A :class:`ResultsFolder` takes one field after the other and makes the tables and the page at the
end; each piece can be had alone. Nothing here needs a network.

>>> from anascope.results import safe_name
>>> safe_name("CON"), safe_name("S-12")
('_CON-a3dbc4b6', 'S-12')
"""

from anascope.results._as_json import FORMAT, NOTICE
from anascope.results._colours import colour_of
from anascope.results._contact import contact_sheet
from anascope.results._folder import ResultsFolder
from anascope.results._geojson import write_geojson
from anascope.results._heat import heat_map
from anascope.results._label_mask import write_label_mask
from anascope.results._names import safe_name
from anascope.results._outlines import Outline, outlines_of
from anascope.results._overlay import overlay
from anascope.results._page import PageField, PageSpecimen, to_page
from anascope.results._rois import write_rois
from anascope.results._schema import schema
from anascope.results._sheet import write_sheet
from anascope.results._tables import cell_table, field_table, specimen_table

__all__ = [
    "FORMAT",
    "NOTICE",
    "Outline",
    "PageField",
    "PageSpecimen",
    "ResultsFolder",
    "cell_table",
    "colour_of",
    "contact_sheet",
    "field_table",
    "heat_map",
    "outlines_of",
    "overlay",
    "safe_name",
    "schema",
    "specimen_table",
    "to_page",
    "write_geojson",
    "write_label_mask",
    "write_rois",
    "write_sheet",
]
