"""Plates of 96 wells: which specimen is where, at which dilution, and what was read of it.

A layout is a table with a row a well. It says what belongs together: the dilutions of one serum,
and the controls. Its view has the shape of the plate, for a page, a terminal or a spreadsheet.

>>> from anascope.exchange.plates import read_layout
>>> layout = read_layout("plate7.csv")                                     # doctest: +SKIP
>>> layout["A1"].specimen, layout["A1"].dilution                           # doctest: +SKIP
('P7-A1', 80.0)
"""

from anascope.exchange.plates._findings import findings_in
from anascope.exchange.plates._layout import COLUMNS, ROWS, Control, Layout, Well, read_layout
from anascope.exchange.plates._titres import SerumTitre, titre_rows, titres_of, titres_to_csv
from anascope.exchange.plates._view import PlateView, WellView, plate_view, to_csv, to_text

__all__ = [
    "COLUMNS",
    "ROWS",
    "Control",
    "Layout",
    "PlateView",
    "SerumTitre",
    "Well",
    "WellView",
    "findings_in",
    "plate_view",
    "read_layout",
    "titre_rows",
    "titres_of",
    "titres_to_csv",
    "to_csv",
    "to_text",
]
