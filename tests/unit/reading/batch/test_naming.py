"""Names in a folder of results: given once, and never to two."""

from __future__ import annotations

from pathlib import Path

from anascope.reading import InputFile, Provenance
from anascope.reading.batch._naming import Names
from anascope.reading.results import StoredField


def file_at(path: str, *, specimen: str = "", key: str = "") -> InputFile:
    stem = Path(path).stem
    file = InputFile(Path(path), specimen or stem, stem)
    return InputFile(file.path, file.specimen, file.field, specimen_key=key or file.uri)


def stored(path: str, field: str, specimen: str, *, page: int = 1, pages: int = 1) -> StoredField:
    uri = Path(path).as_uri()
    provenance = Provenance(uri, "0" * 64, page, pages, None, None, 255, "file", None, None, uri)
    return StoredField(specimen, field, field, provenance, None, 0.9)


def named(names: Names, file: InputFile) -> tuple[str, str]:
    renamed = names.named(file)
    return renamed.specimen, renamed.field


def test_new_names_stay_as_they_are() -> None:
    assert named(Names([]), file_at("/a/01.png")) == ("01", "01")


def test_what_is_there_keeps_its_name_and_others_get_more_of_their_path() -> None:
    names = Names([stored("/a/01.png", "01", "01"), stored("/x/b/01.png", "b-01", "b-01")])
    assert named(names, file_at("/a/01.png")) == ("01", "01")
    assert named(names, file_at("/y/b/01.png")) == ("y-b-01", "y-b-01")
    assert named(names, file_at("/y/b/01.png")) == ("y-b-01", "y-b-01")


def test_case_alone_makes_no_other_name() -> None:
    names = Names([stored("/a/f.png", "f", "f")])
    assert named(names, file_at("/F.png")) == ("F-2", "F-2")


def test_a_specimen_that_was_named_by_somebody_gets_a_number() -> None:
    names = Names([stored("/a/S7.png", "S7", "S7")])
    of_pattern = file_at("/b/S7_1.png", specimen="S7", key="name:S7")
    assert named(names, of_pattern) == ("S7-2", "S7_1")


def test_pages_are_called_after_their_file() -> None:
    pages = [stored("/a/x.tif", f"x-page{page}", "x", page=page, pages=2) for page in (1, 2)]
    names = Names(pages)
    assert named(names, file_at("/a/x.tif")) == ("x", "x")
    # Else the file would be called as a page of the other one.
    assert named(names, file_at("/a/x-page2.png")) == ("x-page2", "x-page2-file")
