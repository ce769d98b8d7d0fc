"""Single cells of a mask: separated, measured, and classified by their phase.

The mask itself comes from a network or from annotators, and the pattern of a cell from
:mod:`anascope.decisions`.
"""

from anascope.cells._apart import cells_apart
from anascope.cells._boxes import Box, cell_areas, cell_boxes
from anascope.cells._interior import centrality_of, interior_of
from anascope.cells._labels import label_cells
from anascope.cells._measure import CellMeasures, measure_cells
from anascope.cells._mitosis import FEATURES, MITOTIC_FROM, Layer, MitosisRule, features
from anascope.cells._pattern import cell_logits
from anascope.cells._phases import (
    STAINED_FROM,
    chromatin_contrast,
    chromatin_is_stained,
    count_chromatin,
    phase_probabilities,
)
from anascope.cells._windows import WINDOWING, Windowing

__all__ = [
    "FEATURES",
    "MITOTIC_FROM",
    "STAINED_FROM",
    "WINDOWING",
    "Box",
    "CellMeasures",
    "Layer",
    "MitosisRule",
    "Windowing",
    "cell_areas",
    "cell_boxes",
    "cell_logits",
    "cells_apart",
    "centrality_of",
    "chromatin_contrast",
    "chromatin_is_stained",
    "count_chromatin",
    "features",
    "interior_of",
    "label_cells",
    "measure_cells",
    "phase_probabilities",
]
