"""A report as one page that needs nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from anascope.files import write_text
from anascope.report._content import content, picture
from anascope.report._document import Document, FigureBlock

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


def write_html(document: Document, path: str | Path) -> None:
    """Write a report as one self-contained HTML file, whole or not at all.

    Pictures are in the file; nothing is asked from any other place.

    Raises:
        InputError: if a picture is missing or is no picture.
    """
    path = Path(path)
    write_text(path, to_html(document))


def to_html(document: Document) -> str:
    """Return a report as HTML; see `write_html`."""
    return _template().render(document=content(document, _data_uri), style=_style())


def _data_uri(figure: FigureBlock) -> str:
    # Inside <img>, an SVG can neither run a script nor load anything.
    kind = "image/png" if figure.svg is None else "image/svg+xml"
    return f"data:{kind};base64,{base64.b64encode(picture(figure)).decode()}"


def _digest(text: str) -> str:
    """Return the name by which a content security policy allows one script."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _style() -> Markup:
    from markupsafe import Markup

    # Ours, and CSS is not escaped as HTML is.
    return Markup(_read("report.css"))


def _read(name: str) -> str:
    return (resources.files("anascope.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["digest"] = _digest
    return environment.from_string(_read("report.html.j2"))
