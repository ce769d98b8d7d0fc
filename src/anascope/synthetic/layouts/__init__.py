"""Drawn sets as files, laid out as public sets are: one file a layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from anascope.errors import InputError, did_you_mean
from anascope.files import new_folder
from anascope.synthetic._drawing import Drawing
from anascope.synthetic.layouts._base import Layout
from anascope.synthetic.layouts._i3a_task2 import I3aTask2Layout
from anascope.synthetic.layouts._mivia import MiviaLayout
from anascope.synthetic.layouts._truth import Truth
from anascope.synthetic.optics import Microscope

LAYOUTS: dict[str, type[Layout]] = {"i3a-task2": I3aTask2Layout, "mivia": MiviaLayout}
"""By the name under which ``anascope cohort import`` reads it."""


def write_drawing(
    drawing: Drawing,
    folder: str | Path,
    layout: str,
    *,
    jobs: int = 1,
    on_field: Callable[[], None] = lambda: None,
) -> None:
    """Draw a set and write it as files; beside it in ``truth`` what a real set does not tell.

    Args:
        drawing: What to draw.
        folder: A new or empty folder; it appears only when all is drawn.
        layout: ``i3a-task2`` or ``mivia``.
        jobs: How many processes draw.
        on_field: Called after each field, for progress.

    Raises:
        InputError: if there is no such layout, it cannot hold the drawing, or ``folder`` holds
            something already.
    """
    if layout not in LAYOUTS:
        raise InputError("layout", f"'{layout}'", did_you_mean(layout, LAYOUTS))
    microscope = drawing.microscope
    if not isinstance(microscope, Microscope):
        found = (
            f"files of {layout} from a range of microscopes, whose pixel sizes they cannot state"
        )
        raise InputError("layout", found, "a cohort, or a laboratory with one microscope")
    if microscope.scale_bar or microscope.label:
        found = f"files of {layout}, whose masks cannot mark what a scale bar or a label hides"
        raise InputError("layout", found, "a cohort, or a microscope that writes nothing")
    LAYOUTS[layout].check(drawing, microscope)
    with new_folder(Path(folder)) as unfinished:
        files, truth = LAYOUTS[layout](unfinished), Truth(unfinished / "truth")
        for planned, drawn in drawing.fields(jobs):
            files.add(planned, drawn)
            truth.add(planned, drawn)
            on_field()
        files.close()


__all__ = ["LAYOUTS", "Layout", "write_drawing"]
