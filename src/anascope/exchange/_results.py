"""What stands in a folder of results, specimen by specimen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from anascope.errors import InputError
from anascope.files import FolderFile, is_written_by_anascope
from anascope.names import natural
from anascope.reading import FieldReading, SpecimenReading
from anascope.reading.results import read_field_files
from anascope.settings import read_file

_EXPECTED = "a folder of results that anascope read has written"


@dataclass(frozen=True, slots=True)
class FieldResult:
    """One field.

    Attributes:
        reading: What was read of it, without its cells.
        folder: Where its files are.
    """

    reading: FieldReading
    folder: Path


@dataclass(frozen=True, slots=True)
class SpecimenResult:
    """One specimen.

    Attributes:
        reading: What was decided on it.
        fields: Its fields, in the order in which ``reading`` names them.
    """

    reading: SpecimenReading
    fields: tuple[FieldResult, ...]


def results_in(folder: str | Path) -> Iterator[SpecimenResult | InputError]:
    """Yield the specimens of a folder of results, in natural order of their folders' names.

    One specimen at a time is in memory. What is damaged, or not decided yet, stops no other: in its
    place comes the error that says why. Nothing is written.

    Args:
        folder: What ``anascope read --out`` was given.

    Raises:
        InputError: if it is no folder of results.
    """
    root = Path(folder) / "specimens"
    if not is_written_by_anascope(root):
        found = "no folder of results" if Path(folder).is_dir() else "no such folder"
        raise InputError(folder, found, _EXPECTED)
    folders = [entry for entry in root.iterdir() if entry.is_dir() and entry.name[0] != "."]
    for own in sorted(folders, key=lambda entry: natural(entry.name)):
        try:
            result = _result_in(own)
        except InputError as error:
            yield error
            continue
        if result is not None:
            yield result


def specimens_in(
    folder: str | Path, refused: list[InputError] | None = None
) -> Iterator[SpecimenResult]:
    """Yield the specimens of a folder of results that are whole.

    Args:
        folder: As :func:`results_in` takes it.
        refused: What is not whole is added to it; None to raise the first.
    """
    for result in results_in(folder):
        if not isinstance(result, InputError):
            yield result
        elif refused is None:
            raise result
        else:
            refused.append(result)


def _result_in(folder: Path) -> SpecimenResult | None:
    """Return what a specimen's folder holds; None if nothing of it was read."""
    entries = [entry for entry in folder.iterdir() if entry.name[0] != "."]
    fields = list(_fields_in(entry for entry in entries if entry.is_dir()))
    path = folder / FolderFile.SPECIMEN
    if not path.exists():
        if fields:
            raise InputError(folder, "a specimen that is not decided yet", "a finished reading")
        return None
    reading = read_file(SpecimenReading, path)
    by_name = {field.reading.field: field for field in fields}
    missing = [name for name in reading.fields if name not in by_name]
    further = by_name.keys() - set(reading.fields)
    if missing or further:
        found = f"fields that were not decided together ({', '.join([*missing, *further])})"
        raise InputError(folder, found, "a finished reading")
    return SpecimenResult(reading, tuple(by_name[name] for name in reading.fields))


def _fields_in(folders: Iterable[Path]) -> Iterator[FieldResult]:
    for folder in folders:
        if (folder / FolderFile.FIELD).exists():
            yield FieldResult(read_field_files(folder, cells=False), folder)
