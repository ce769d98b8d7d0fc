"""Drawn specimens whose truth is known exactly, one by one or as whole sets.

They serve for tests, demonstrations and pre-training. :mod:`anascope.synthetic.fit` measures how
near they come to real ones, and :mod:`anascope.cohorts` reads them as cohorts.

>>> from anascope.synthetic import I3A, Drawing, Population, write_drawing
>>> drawing = Drawing(Population.like("i3a", patients=40, fields=1), I3A, seed=7)
>>> len(drawing.population)
40
>>> write_drawing(drawing, "specimens", "i3a-task2", jobs=2)               # doctest: +SKIP
"""

from anascope.synthetic._drawing import Drawing
from anascope.synthetic._field import DrawnCell, DrawnField, draw_field
from anascope.synthetic._laboratory import (
    I3A,
    MIVIA,
    Laboratory,
    laboratory_named,
    laboratory_names,
)
from anascope.synthetic._microscopes import Microscopes, near
from anascope.synthetic._population import PlannedField, Population
from anascope.synthetic._specimen import Specimen, draw_specimen, drawable, level_of
from anascope.synthetic._titres import Titres
from anascope.synthetic._truth import cells_of
from anascope.synthetic.layouts import LAYOUTS, write_drawing
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import STAINS

__all__ = [
    "I3A",
    "LAYOUTS",
    "MIVIA",
    "STAINS",
    "Drawing",
    "DrawnCell",
    "DrawnField",
    "Laboratory",
    "Microscope",
    "Microscopes",
    "PlannedField",
    "Population",
    "Specimen",
    "Titres",
    "cells_of",
    "draw_field",
    "draw_specimen",
    "drawable",
    "laboratory_named",
    "laboratory_names",
    "level_of",
    "near",
    "write_drawing",
]
