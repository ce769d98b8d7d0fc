"""Which files are found, what they are called, and whose they are."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.images import SignalImage
from anascope.images._full_scale import FullScale
from anascope.names import natural
from anascope.reading._inputs import InputFile, Inputs, find_images, refused
from anascope.reading._records import NotRead
from anascope.reading.results import ResultsFolder
from tests.refusals import refused as refused_input


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def names(inputs: Inputs, root: Path) -> list[str]:
    return [found.path.relative_to(root).as_posix() for found in inputs.files]


def whose(inputs: Inputs) -> list[str]:
    return [found.specimen for found in inputs.files]


def reasons(inputs: Inputs) -> list[str]:
    return [one.reason.partition(";")[0] for one in inputs.not_read]


def test_a_folder_is_looked_through_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "p/10.png", "p/2.TIF", "p/a10/1.jpg", "p/a9/1.bmp", "p/notes.txt", "p/b.czi")
    inputs = find_images([tmp_path / "p"])
    assert names(inputs, tmp_path) == [
        "p/2.TIF",
        "p/10.png",
        "p/b.czi",
        "p/a9/1.bmp",
        "p/a10/1.jpg",
    ]
    assert not inputs.not_read


def test_numbers_sort_as_numbers() -> None:
    assert sorted(["b", "x10", "X9", "x9a", "10", "9"], key=natural) == [
        "9", "10", "b", "X9", "x9a", "x10",
    ]  # fmt: skip


def test_hidden_files_and_our_own_results_are_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.png", ".hidden.png", "._a.png", ".thumbs/b.png")
    make(tmp_path, "out/b.png", "out/specimens/S1/contact.jpg", "out/specimens/S1/f/overlay.jpg")
    ResultsFolder(tmp_path / "out").begin()
    make(tmp_path, "runs/1/curves.png", "study.json", "c/study.json", "c/d.png")
    (tmp_path / "runs" / "1" / "run.json").write_text('{"format": "anascope-run"}')
    assert names(find_images([tmp_path]), tmp_path) == ["a.png", "c/d.png", "out/b.png"]


@pytest.mark.parametrize("given", ["specimens", "specimens/S1", "specimens/S1/contact.jpg"])
def test_what_anascope_has_drawn_is_no_field(tmp_path: Path, given: str) -> None:
    make(tmp_path, "out/specimens/S1/contact.jpg")
    ResultsFolder(tmp_path / "out").begin()
    inputs = find_images([tmp_path / "out" / given, tmp_path / "**" / "*.jpg"])
    assert not inputs.files
    assert reasons(inputs) == ["in a folder that anascope has written"]


def test_what_is_named_outright_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.png", "scan.dat")
    inputs = find_images([tmp_path / ".hidden.png", str(tmp_path / "scan.dat")])
    assert names(inputs, tmp_path) == [".hidden.png", "scan.dat"]


def test_patterns(tmp_path: Path) -> None:
    make(tmp_path, "p/10.png", "p/9.png", "p/q/1.png", "p/a[1].png")
    assert names(find_images([tmp_path / "p" / "?*.png"]), tmp_path) == [
        "p/9.png", "p/10.png", "p/a[1].png",
    ]  # fmt: skip
    assert len(find_images([f"{tmp_path}/**/*.png"]).files) == 4
    # A file that is there is no pattern.
    assert names(find_images([tmp_path / "p" / "a[1].png"]), tmp_path) == ["p/a[1].png"]


def test_what_a_pattern_fits_several_times_is_one_file(tmp_path: Path) -> None:
    make(tmp_path, "/".join("a" * 12) + "/1.png", "a/2.png")
    for pattern in ("/".join(["**"] * 12), "**/a/**"):
        inputs = find_images([f"{tmp_path}/{pattern}/*.png"])
        assert sorted(found.path.name for found in inputs.files) == ["1.png", "2.png"]
        assert not inputs.not_read


@pytest.mark.parametrize("between", ["\n", "\r\n", "\0"])
def test_a_list_on_standard_input(tmp_path: Path, between: str) -> None:
    make(tmp_path, "a b.png", "folder/c.png")
    lines = [str(tmp_path / "a b.png"), "", str(tmp_path / "folder"), str(tmp_path / "none.png")]
    inputs = find_images(["-"], standard_input=io.BytesIO(between.join(lines).encode()))
    assert names(inputs, tmp_path) == ["a b.png", "folder/c.png"]
    assert reasons(inputs) == ["no such file"]


def test_the_same_file_is_read_once(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    (tmp_path / "b.png").symlink_to("a.png")
    inputs = find_images([tmp_path, tmp_path / "a.png"])
    assert names(inputs, tmp_path) == ["a.png"]
    assert [one.source for one in inputs.not_read] == [f"{tmp_path}/b.png", f"{tmp_path}/a.png"]


def test_folders_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    make(tmp_path, "a/b/1.png")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    inputs = find_images([tmp_path])
    assert names(inputs, tmp_path) == ["a/b/1.png"]
    assert reasons(inputs) == ["a link to a folder that contains it"]


def test_by_default_a_plate_is_by_folder_and_a_flat_folder_by_file(tmp_path: Path) -> None:
    make(tmp_path, "plate/A1/1.png", "plate/A1/2.png", "plate/A2/1.png", "flat/x.png", "flat/y.png")
    inputs = find_images([tmp_path / "plate", tmp_path / "flat"])
    assert whose(inputs) == ["A1", "A1", "A2", "x", "y"]
    assert [found.field for found in inputs.files] == ["A1-1", "2", "A2-1", "x", "y"]


def test_folders_of_one_name_do_not_become_one_specimen(tmp_path: Path) -> None:
    make(tmp_path, "monday/A1/1.png", "tuesday/a1/1.png", "tuesday/A2/1.png")
    assert whose(find_images([tmp_path])) == ["monday-A1", "tuesday-a1", "A2"]


def test_rules(tmp_path: Path) -> None:
    make(tmp_path, "S7_01.png", "S7_02.png", "S8_01.png", "readme.png")
    assert set(whose(find_images([tmp_path], specimen="folder"))) == {tmp_path.name}
    assert whose(find_images([tmp_path], specimen="file")) == ["readme", "S7_01", "S7_02", "S8_01"]
    by_group = find_images([tmp_path], specimen=r"pattern:^(S\d+)_")
    assert whose(by_group) == ["S7", "S7", "S8"]
    assert reasons(by_group) == ["no specimen in its name"]
    by_name = find_images([tmp_path], specimen=r"pattern:(S)(?P<specimen>\d+)")
    assert whose(by_name) == ["7", "7", "8"]


@pytest.mark.parametrize("rule", ["pattern:(", "pattern:x", "well", "Folder"])
def test_other_rules_are_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(InputError, match="specimen"):
        find_images([tmp_path], specimen=rule)


def test_names_of_fields_are_unique(tmp_path: Path) -> None:
    make(
        tmp_path,
        "a.png",
        "a.tif",
        "A.bmp",
        "b/a.png",
        "c.tif",
        "c-page1.png",
        "d.ome.tif",
        "a-2.png",
    )
    found = find_images([tmp_path]).files
    fields = [one.field for one in found]
    assert len({field.casefold() for field in fields}) == len(fields)
    assert "d" in fields
    by_path = {one.path.name: one for one in found}
    assert by_path["c-page1.png"].field == "c-page1-file"


def test_names_of_pages() -> None:
    import numpy as np

    pixels = np.zeros((20, 20), np.uint8)
    found = InputFile(Path("a.tif"), "S1", "a")
    for page, pages, name in ((1, 1, "a"), (3, 12, "a-page03")):
        image = SignalImage(pixels, None, "a", page, pages, None, "", FullScale(255, "file"), None)
        assert found.name_of(image) == name


def test_odd_names_become_text(tmp_path: Path) -> None:
    make(tmp_path, "two\nlines\x1b.png")
    (found,) = find_images([tmp_path]).files
    assert found.field == found.specimen == r"two\nlines\x1b"


def test_files_are_specimens_of_their_own_even_if_their_names_look_the_same(tmp_path: Path) -> None:
    """Endings, bytes that are no UTF-8, and the letters that such a byte is shown as."""
    make(tmp_path, "a.png", "a.tif", "b.png")
    for raw in (b"c\xe8.png", b"c\xe9.png", rb"c\xe9.png"):
        (tmp_path / os.fsdecode(raw)).write_bytes(raw)
    found = find_images([tmp_path], specimen="file").files
    assert {one.path.name: one.specimen for one in found} == {
        "a.png": "a.png",
        "a.tif": "a.tif",
        "b.png": "b",
        os.fsdecode(b"c\xe8.png"): r"c\xe8",
        r"c\xe9.png": r"c\xe9.png",
        os.fsdecode(b"c\xe9.png"): r"c\xe9.png-2",
    }
    assert len({one.field for one in found}) == len(found)


def test_folders_are_specimens_of_their_own_even_if_their_names_look_the_same(
    tmp_path: Path,
) -> None:
    for raw in (b"p\xe9", rb"p\xe9"):
        (tmp_path / os.fsdecode(raw)).mkdir()
        for name in ("1.png", "2.png"):
            (tmp_path / os.fsdecode(raw) / name).write_bytes(raw)
    found = find_images([tmp_path]).files
    by_folder: dict[str, set[str]] = {}
    for one in found:
        by_folder.setdefault(one.path.parent.name, set()).add(one.specimen)
    assert sorted(map(len, by_folder.values())) == [1, 1]
    assert len(set.union(*by_folder.values())) == 2


def test_a_pattern_sees_a_name_as_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"S\xe9_1.png")).touch()
    (found,) = find_images([tmp_path], specimen="pattern:^(.+)_").files
    assert found.specimen == r"S\xe9"
    inputs = find_images([tmp_path], specimen=r"pattern:\b(\d)\b")
    assert reasons(inputs) == ["no specimen in its name"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("name", [b"caf\xe9.png", "cafe\u0301.png".encode(), "café.png".encode()])
@pytest.mark.parametrize("given", [True, False])
def test_a_table_finds_names_however_they_are_spelled(
    tmp_path: Path, encoding: str, name: bytes, given: bool
) -> None:
    """As bytes of Windows-1252, with a mark of its own as some systems do, or in UTF-8."""
    (tmp_path / "é").mkdir()
    (tmp_path / "é" / os.fsdecode(name)).touch()
    (tmp_path / "t.csv").write_bytes("image,specimen\né/café.png,Müller\n".encode(encoding))
    inputs = find_images([tmp_path] if given else [], table=tmp_path / "t.csv")
    assert not inputs.not_read
    assert [(os.fsencode(one.path.name), one.specimen) for one in inputs.files] == [
        (name, "Müller")
    ]


@pytest.mark.parametrize("given", [True, False])
def test_two_spellings_of_one_name_are_not_guessed(tmp_path: Path, given: bool) -> None:
    for name in (b"caf\xe9.png", "cafe\u0301.png".encode()):
        (tmp_path / os.fsdecode(name)).touch()
    (tmp_path / "t.csv").write_text("image,specimen\ncafé.png,S1\n", encoding="utf-8")
    inputs = find_images([tmp_path] if given else [], table=tmp_path / "t.csv")
    assert not inputs.files
    assert set(reasons(inputs)) == {
        "one of several files that 'café.png' fits" if given else "no such file"
    }


def test_a_list_that_has_no_end_is_refused() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert 0 < size < 1_000_000_000
            return b"a" * size

    with refused_input("standard input", "a list of more than 100000000 bytes", "..."):
        find_images(["-"], standard_input=Endless())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content", [b"\0", b"a\0\0b.png\0", b"\xff\xfe", b"\n\r\x85", b"a\x1b[31m"]
)
def test_a_list_of_anything_is_read(content: bytes) -> None:
    inputs = find_images(["-"], standard_input=io.BytesIO(content))
    assert not inputs.files
    assert all(one.source.isprintable() for one in inputs.not_read)


def test_a_table_says_whose_it_is(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "b/1.png", "b/2.png", "3.png")
    table = tmp_path / "t.csv"
    table.write_text(
        "\ufeffImage;specimen;note;pixel_size_um\na/1.png;S1;x;0,1612\nb\\1.png;S2;;\n2.png;S2;;0.2\n"
    )
    inputs = find_images([tmp_path], table=table)
    assert [(one.specimen, one.pixel_size_um) for one in inputs.files] == [
        ("S1", 0.1612), ("S2", None), ("S2", 0.2),
    ]  # fmt: skip
    assert reasons(inputs) == [f"in no row of {table}"]


def test_a_table_alone_names_the_images(tmp_path: Path) -> None:
    make(tmp_path, "data/1.png", "2.png", "other.png")
    (tmp_path / "data" / "t.csv").write_text("image,specimen\n1.png,S1\n../2.png,S2\nno.png,S3\n")
    inputs = find_images([], table=tmp_path / "data" / "t.csv")
    assert whose(inputs) == ["S1", "S2"]
    assert reasons(inputs) == ["no such file"]


def test_a_row_that_fits_several_files_is_not_guessed(tmp_path: Path) -> None:
    make(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "t.csv").write_text("image,specimen\n1.png,S1\n")
    inputs = find_images([tmp_path], table=tmp_path / "t.csv")
    assert not inputs.files
    assert reasons(inputs) == ["one of several files that '1.png' fits"] * 2


def test_a_rule_beside_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one of them"):
        find_images([], specimen="file", table=tmp_path / "t.csv")


def test_many_files_take_no_time(tmp_path: Path) -> None:
    make(tmp_path, *(f"{n % 50}/{n}.png" for n in range(1000)))
    rows = "".join(f"{n}.png,S{n % 50}\n" for n in range(1000))
    (tmp_path / "t.csv").write_text(f"image,specimen\n{rows}")
    assert len(find_images([tmp_path], table=tmp_path / "t.csv").files) == 1000


def test_an_error_becomes_what_was_not_read() -> None:
    error = InputError("a  b.png", "an empty\nfile", "an image")
    assert refused(error) == NotRead("a  b.png", "an empty file; expected an image")
