"""Plots of a run: curves, and predicted against true cells."""

from anascope.plots._cells import DrawnField, draw_cells
from anascope.plots._curves import draw_curves

__all__ = ["DrawnField", "draw_cells", "draw_curves"]
