"""Plots of runs and of studies.

Of a cohort: what its patterns look like. Of one run: curves, and predicted against true cells.
Of a study: what differs between its trainings, what its images look like, and how its network is
built. A plot takes
plain data and writes a picture, PNG or SVG, most as wide as a page.
"""

from anascope.report.plots._boxes import Arrow, Box, draw_boxes
from anascope.report.plots._calibration import draw_calibration
from anascope.report.plots._cells import DrawnField, draw_cells
from anascope.report.plots._confusion import ConfusionMatrix, draw_confusion
from anascope.report.plots._curves import draw_curves
from anascope.report.plots._gallery import draw_gallery
from anascope.report.plots._intervals import IntervalRow, draw_intervals
from anascope.report.plots._reference import ReferenceImage, draw_reference
from anascope.report.plots._roc import draw_roc
from anascope.report.plots._traces import BalanceTrace, draw_balance_traces
from anascope.report.plots._weights import draw_weights

__all__ = [
    "Arrow",
    "BalanceTrace",
    "Box",
    "ConfusionMatrix",
    "DrawnField",
    "IntervalRow",
    "ReferenceImage",
    "draw_balance_traces",
    "draw_boxes",
    "draw_calibration",
    "draw_cells",
    "draw_confusion",
    "draw_curves",
    "draw_gallery",
    "draw_intervals",
    "draw_reference",
    "draw_roc",
    "draw_weights",
]
