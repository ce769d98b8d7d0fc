"""A report as one page that needs nothing from outside."""

from __future__ import annotations

from pathlib import Path

from anascope.documents import data_uri, rendered
from anascope.files import write_text
from anascope.report._content import content, picture
from anascope.report._document import Document, FigureBlock


def write_html(document: Document, path: str | Path) -> None:
    """Write a report as one self-contained HTML file, whole or not at all.

    Pictures are in the file; nothing is asked from any other place.

    Raises:
        InputError: if a picture is missing or is no picture.
    """
    write_text(Path(path), to_html(document))


def to_html(document: Document) -> str:
    """Return a report as HTML; see `write_html`."""
    return rendered("anascope.report", "report.html.j2", document=content(document, _address))


def _address(figure: FigureBlock) -> str:
    return data_uri(picture(figure), "image/png" if figure.svg is None else "image/svg+xml")
