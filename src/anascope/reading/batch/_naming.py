"""Names of specimens and fields that a folder of results has for nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from anascope.names import free_name, numbered
from anascope.reading import InputFile
from anascope.reading._inputs import PAGE
from anascope.reading._specimens import name_parts
from anascope.reading.results import StoredField


class Names:
    """Gives specimens and image files their names in a folder of results.

    What is there keeps its name. A new specimen or file whose name is taken gets more of its path,
    or else a number.

    Args:
        stored: The fields that are there.
    """

    def __init__(self, stored: Iterable[StoredField]) -> None:
        self._specimens: dict[str, str] = {}  # by key
        self._files: dict[str, str] = {}  # by URI
        for field in stored:
            if field.provenance is None:
                self._specimens[f"name:{field.specimen}"] = field.specimen
                self._files[field.field] = field.field
                continue
            self._specimens[field.provenance.specimen] = field.specimen
            page = PAGE.fullmatch(field.field) if field.provenance.pages > 1 else None
            self._files[field.provenance.file] = page[1] if page else field.field
        self._taken_specimens = {name.casefold() for name in self._specimens.values()}
        self._taken_files = {name.casefold() for name in self._files.values()}

    def named(self, file: InputFile) -> InputFile:
        """Return a file with its names; the same file always gets the same."""
        return replace(file, specimen=self._specimen(file), field=self._file(file))

    def _specimen(self, file: InputFile) -> str:
        name = self._specimens.get(file.specimen_key)
        if name is None:
            name = free_name(file.specimen, _specimen_path(file), self._taken_specimens)
            self._specimens[file.specimen_key] = name
            self._taken_specimens.add(name.casefold())
        return name

    def _file(self, file: InputFile) -> str:
        name = self._files.get(file.uri)
        if name is None:
            name = free_name(file.field, name_parts(file.path), self._taken_files)
            page = PAGE.fullmatch(name)
            if page and page[1].casefold() in self._taken_files:
                name = numbered(f"{name}-file", self._taken_files)
            self._files[file.uri] = name
            self._taken_files.add(name.casefold())
        return name


def _specimen_path(file: InputFile) -> tuple[str, ...]:
    """Return what a specimen may be called after: nothing more than a name that was given."""
    if file.specimen_key == file.uri:
        return name_parts(file.path)
    if file.specimen_key.startswith("name:"):
        return ()
    return name_parts(file.path.absolute().parent, file=False)
