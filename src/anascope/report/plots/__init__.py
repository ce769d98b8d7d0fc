"""Plots of runs and of studies.

Of a cohort: what its patterns look like. Of one run: curves, and predicted against true cells.
Of a study: what differs between its trainings, and what its images look like. A plot takes
plain data and writes a picture, PNG or SVG, most as wide as a page.
"""

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
    "BalanceTrace",
    "ConfusionMatrix",
    "DrawnField",
    "IntervalRow",
    "ReferenceImage",
    "draw_balance_traces",
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
