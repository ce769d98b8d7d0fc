"""Names that every file system takes, and no two of one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.names import (
    FolderNames,
    names_of_files,
    numbered,
    plain_letters,
    safe_name,
    shortest_names,
)


@pytest.mark.parametrize("name", ["S-0012", "a.b_c", "2026-03-01"])
def test_good_names_stay(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "C:",
        "con",
        "NUL.txt",
        "a ",
        "a.",
        "-a",
        "ä",
        "\udc80",
        "x" * 300,
    ],
)
def test_others_are_changed_and_marked(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*-[0-9a-f]{8}", safe_name(name))
    assert len(safe_name(name)) < 80


@given(st.lists(st.text(max_size=80), unique=True))
def test_each_has_its_own_whatever_the_case(names: list[str]) -> None:
    folders = FolderNames(taken=("sheet.pdf",))
    made = {name: folders[name] for name in names}
    assert len({folder.casefold() for folder in made.values()} | {"sheet.pdf"}) == len(names) + 1
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", folder) for folder in made.values())
    assert {name: folders[name] for name in names} == made
    again = FolderNames(made.items())
    assert {name: again[name] for name in names} == made


def test_case_alone_is_not_enough() -> None:
    folders = FolderNames()
    assert folders["Serum"] == "Serum"
    assert folders["serum"].startswith("serum-")


def test_a_number_makes_a_name_free_whatever_the_case() -> None:
    assert numbered("Field", set()) == "Field"
    assert numbered("Field", {"field", "field-2", "field-4"}) == "Field-3"


def test_other_letters_become_one_line_each_run() -> None:
    assert plain_letters("Müller, 3/a.tif") == "M_ller_3_a.tif"


def test_names_are_as_short_as_they_can_be() -> None:
    paths = [("x", "a", "01"), ("y", "a", "01"), ("y", "b", "01"), ("b", "02"), ("b", "02")]
    assert shortest_names(paths) == ["x-a-01", "y-a-01", "b-01", "02", "02"]
    assert shortest_names([("a", "F"), ("b", "f")]) == ["a-F", "b-f"]


def test_files_are_named_by_stems_as_far_as_these_differ() -> None:
    paths = ["a/1.png", "b/1.png", "b/2.png", "3.png", "3.tif"]
    assert names_of_files(paths) == {
        "a/1.png": "a/1",
        "b/1.png": "b/1",
        "b/2.png": "2",
        "3.png": "3.png",
        "3.tif": "3.tif",
    }
