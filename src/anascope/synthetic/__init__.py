"""Drawn specimens whose truth is known exactly."""

from anascope.synthetic._field import DrawnCell, DrawnField, draw_field
from anascope.synthetic._microscopes import I3A, MICROSCOPES, MIVIA, Microscope, microscope_named
from anascope.synthetic._specimen import Specimen, draw_specimen, drawable, level_of
from anascope.synthetic.stains import STAINS

__all__ = [
    "I3A",
    "MICROSCOPES",
    "MIVIA",
    "STAINS",
    "DrawnCell",
    "DrawnField",
    "Microscope",
    "Specimen",
    "draw_field",
    "draw_specimen",
    "drawable",
    "level_of",
    "microscope_named",
]
