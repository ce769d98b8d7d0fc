"""PDF from Typst templates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from anascope.errors import InputError
from anascope.extras import needed
from anascope.files import replacing, to_json
from anascope.writing import writing

TypstFiles = dict[str, bytes]
"""All that Typst reads of a document, by path: the template is ``main.typ``."""


def typst_files(
    package: str, template: str, content: Mapping[str, Any], pictures: Mapping[str, bytes]
) -> TypstFiles:
    """Return the files that Typst makes a document of.

    Texts reach Typst as JSON and never as markup, so nothing in them can be taken for a command.

    Args:
        package: The package in whose folder ``templates`` the template lies.
        template: Its file name. It reads ``content.json`` and may import ``common.typ``.
        content: What the template lays out, as plain data.
        pictures: Files that ``content`` or the template names, by path.
    """
    return {
        "main.typ": _template(package, template),
        "common.typ": _template(__package__, "common.typ"),
        "content.json": to_json(content).encode(),
        **pictures,
    }


def write_typeset(files: TypstFiles, path: Path) -> None:
    """Write a document as PDF, whole or not at all.

    Only the fonts that come with Typst are used, so it looks the same everywhere. Its date is
    that of the document or none, so time leaves no trace in the file.

    Raises:
        InputError: if a picture cannot be drawn, or Typst is not installed.
    """
    typst = needed("typst", str(path))
    # The outer one: there may be no temporary folder at all that can be written to.
    with writing(path), typst_folder(files) as main:
        try:
            pdf = typst.compile(main, root=main.parent, ignore_system_fonts=True, format="pdf")
        except typst.TypstError as error:
            # The template is fixed and texts are data: what may fail is a picture.
            raise InputError(path, error.message, "pictures that Typst draws") from error
    with replacing(path) as temporary:
        temporary.write_bytes(pdf)


@contextmanager
def typst_folder(files: TypstFiles) -> Iterator[Path]:
    """Give the path of ``main.typ``, in a temporary folder that holds all files."""
    with (
        writing(Path(tempfile.gettempdir())),
        tempfile.TemporaryDirectory(prefix="anascope-") as name,
    ):
        folder = Path(name)
        for file, data in files.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_bytes(data)
        yield folder / "main.typ"


def _template(package: str, name: str) -> bytes:
    return (resources.files(package) / "templates" / name).read_bytes()
