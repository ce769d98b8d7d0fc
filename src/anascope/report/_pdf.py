"""A report as PDF, typeset by Typst."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from anascope.errors import InputError
from anascope.files import replacing, write_json
from anascope.report._content import content, picture
from anascope.report._document import Document, FigureBlock


def write_pdf(document: Document, path: str | Path) -> None:
    """Write a report as PDF on A4, whole or not at all.

    Only the fonts that come with Typst are used, so it looks the same everywhere.

    Raises:
        InputError: if a picture is missing or cannot be drawn.
    """
    path = Path(path)
    import typst

    with typeset(document) as main, replacing(path) as temporary:
        try:
            # The date is the document's or none, so time leaves no trace in the file.
            made = typst.compile(main, root=main.parent, ignore_system_fonts=True, format="pdf")
        except typst.TypstError as error:
            # The template is fixed and texts are data: what may fail is a picture.
            raise InputError(path, error.message, "pictures that Typst draws") from error
        temporary.write_bytes(made)


@contextmanager
def typeset(document: Document) -> Iterator[Path]:
    """Give the file that Typst compiles, in a temporary folder with all that it reads.

    Texts reach Typst as JSON and never as markup, so nothing in them can be taken for a command.
    """
    with tempfile.TemporaryDirectory(prefix="anascope-report-") as name:
        root = Path(name)

        def source(figure: FigureBlock) -> str:
            file = f"{figure.name}{'.png' if figure.svg is None else '.svg'}"
            # A folder of their own, so no figure is called as one of our files.
            (root / "figures").mkdir(exist_ok=True)
            (root / "figures" / file).write_bytes(picture(figure))
            return f"figures/{file}"

        write_json(root / "content.json", content(document, source))
        template = resources.files("anascope.report") / "templates" / "report.typ"
        main = root / "main.typ"
        main.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        yield main
