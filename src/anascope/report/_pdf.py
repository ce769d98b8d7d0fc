"""A report as PDF, typeset by Typst."""

from __future__ import annotations

from pathlib import Path

from anascope.documents import TypstFiles, typst_files, write_typeset
from anascope.report._content import content, picture
from anascope.report._document import Document, FigureBlock


def write_pdf(document: Document, path: str | Path) -> None:
    """Write a report as PDF on A4, whole or not at all.

    Raises:
        InputError: if a picture is missing or cannot be drawn.
    """
    write_typeset(to_typst(document), Path(path))


def to_typst(document: Document) -> TypstFiles:
    """Return the files that Typst makes the PDF of.

    Raises:
        InputError: if a picture is missing or is no picture.
    """
    pictures: dict[str, bytes] = {}

    def source(figure: FigureBlock) -> str:
        # A folder of their own, so no figure is called as another file.
        name = f"figures/{figure.name}{'.png' if figure.svg is None else '.svg'}"
        pictures[name] = picture(figure)
        return name

    return typst_files("anascope.report", "report.typ", content(document, source), pictures)
