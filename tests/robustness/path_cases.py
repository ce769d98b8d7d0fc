"""Paths, lists and tables that are broken or odd."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.refusals import Refusal
from tests.robustness.case import GOOD, IMAGE, READ, Case, nothing, write
from tests.robustness.files import GREY, saved
from tests.workbooks import workbook

CIRCLE = "folders without a circle"
ONCE = "each file once"
ONE_ROW = "one row an image"
LENGTH = "micrometres, a number over 0 such as 0.33"
GIVEN = "one of the given images"
DENIED = "cannot be opened (Permission denied)"
LONG = "n" * 300
TABLE = "a table saved as CSV, Excel or Parquet"
RE2 = "a pattern in the syntax of RE2, without look-around and back references"
EXPONENTIAL = "(good|(?:(?:a+)+)+b)"


def _places() -> list[Case]:
    """Return what is wrong with paths and not with content."""

    def link(name: str, target: str) -> Callable[[Path], None]:
        return lambda folder: (folder / name).symlink_to(target)

    def make(name: str) -> Callable[[Path], None]:
        return lambda folder: (folder / name).mkdir()

    def circle(folder: Path) -> None:
        (folder / "below").mkdir()
        (folder / "below" / "again").symlink_to(folder)

    def pipe(folder: Path) -> None:
        os.mkfifo(folder / "pipe.png")

    def listener(folder: Path) -> None:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket may not be long
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind("socket.png")
        os.chdir(here)

    def locked(folder: Path) -> None:
        (folder / "locked").mkdir(mode=0)

    def unreadable(folder: Path) -> None:
        write(folder / "locked.png", saved(GREY, "PNG"))
        (folder / "locked.png").chmod(0)

    def twice(folder: Path) -> None:
        (folder / "link.png").symlink_to(folder / GOOD)

    device = "a pipe, socket or device"
    return [
        Case(
            "a broken link",
            link("a.png", "no.png"),
            Refusal("{folder}/a.png", "a broken link", IMAGE),
        ),
        Case(
            "a link to itself",
            link("a.png", "a.png"),
            Refusal("{folder}/a.png", "a link that leads back to itself", IMAGE),
        ),
        Case(
            "folders in a circle",
            circle,
            Refusal("{folder}/below/again", "a link to a folder above it", CIRCLE),
        ),
        Case(
            "a link to a file given as well",
            twice,
            Refusal("{folder}/link.png", "the same file as {folder}/good.png", ONCE),
        ),
        Case("a pipe", pipe, Refusal("{folder}/pipe.png", device, IMAGE)),
        Case("a socket", listener, Refusal("{folder}/socket.png", device, IMAGE)),
        Case(
            "a device",
            nothing,
            Refusal("/dev/null", device, IMAGE),
            arguments=("/dev/null", "{folder}/good.png"),
        ),
        Case(
            "a folder called as an image",
            make("a.png"),
            Refusal("{folder}/a.png", "a folder without an image", IMAGE),
            arguments=("{folder}/a.png", "{folder}/good.png"),
        ),
        Case(
            "an unreadable folder",
            locked,
            Refusal("{folder}/locked", DENIED, "a folder"),
            not_as_root=True,
        ),
        Case(
            "an unreadable file",
            unreadable,
            Refusal("{folder}/locked.png", DENIED, IMAGE),
            not_as_root=True,
        ),
        Case(
            "no such file",
            nothing,
            Refusal("{folder}/no.png", "no such file", IMAGE),
            arguments=("{folder}/no.png", "{folder}/good.png"),
        ),
        Case(
            "a pattern that fits nothing",
            nothing,
            Refusal("{folder}/*.tif", "no such file", IMAGE),
            arguments=("{folder}/*.tif", "{folder}/good.png"),
        ),
        Case(
            "a name that is too long",
            nothing,
            Refusal(f"{{folder}}/{LONG}.png", "a name that is too long", IMAGE),
            arguments=(f"{{folder}}/{LONG}.png", "{folder}/good.png"),
        ),
        Case(
            "the same file twice",
            nothing,
            Refusal("{folder}/good.png", "the same file as {folder}/good.png", ONCE),
            arguments=("{folder}/good.png", "{folder}/good.png"),
        ),
    ]


def _odd_names() -> list[Case]:
    """Return broken files whose names are odd: the line stays one line."""
    names = {
        "a new line": ("two\nlines.png", r"two\nlines.png"),
        "a carriage return": ("two\rlines.png", r"two\rlines.png"),
        "an escape sequence": ("\x1b[31mred.png", r"\x1b[31mred.png"),
        "a title for the terminal": ("\x1b]0;mine\x07.png", r"\x1b]0;mine\x07.png"),
        "a mark that turns the direction": ("a\u202egnp.png", r"a\u202egnp.png"),
        "markup": ("[red]a[@click=x]b[1].png", "[red]a[@click=x]b[1].png"),
        "bytes that are no UTF-8": (os.fsdecode(b"caf\xe9.png"), r"caf\xe9.png"),
        "a leading dash": ("--help.png", "--help.png"),
        "many letters": (f"{'n' * 251}.png", f"{'n' * 251}.png"),
        "blanks": ("a b.png", "a b.png"),
    }

    def build(name: str) -> Callable[[Path], None]:
        return lambda folder: write(folder / name, b"")

    return [
        Case(
            f"a name with {what}",
            build(name),
            Refusal(f"{{folder}}/{shown}", "an empty file", IMAGE),
        )
        for what, (name, shown) in names.items()
    ]


def _lists() -> list[Case]:
    """Return lists on standard input and tables that are wrong."""

    def table(content: str | bytes) -> Callable[[Path], None]:
        return lambda folder: write(
            folder / "t.csv", content if isinstance(content, bytes) else content.encode()
        )

    def pipe(folder: Path) -> None:
        os.mkfifo(folder / "t.csv")

    def folder_of_table(folder: Path) -> None:
        (folder / "t.csv").mkdir()

    with_table = ("{folder}", "--table", "{folder}/t.csv")
    where = "{folder}/t.csv"
    good = "image,specimen\ngood.png,S1\n"
    second = f"good.png a second time (first in {where}, row 2)"
    return [
        Case(
            "a list with blank lines and a missing file",
            nothing,
            Refusal("no.png", "no such file", IMAGE),
            arguments=("-", "{folder}/good.png"),
            standard_input=b"\n  \nno.png\n\n",
        ),
        Case(
            "an empty list",
            nothing,
            None,
            READ,
            arguments=("-", "{folder}/good.png"),
            standard_input=b"\n",
        ),
        Case(
            "a table without a column",
            table("image,well\ngood.png,S1\n"),
            Refusal(where, "columns image, well", "also a column specimen"),
            arguments=with_table,
            whole=True,
        ),
        Case(
            "an empty table",
            table(""),
            Refusal(where, "an empty table", "columns image, specimen, pixel_size_um, channel"),
            arguments=with_table,
            whole=True,
        ),
        Case(
            "no table",
            nothing,
            Refusal(where, "no such file", TABLE),
            arguments=with_table,
            whole=True,
        ),
        *(
            Case(
                f"a table that is {what}",
                build,
                Refusal(path, found, TABLE),
                arguments=("{folder}", "--table", path),
                whole=True,
            )
            for what, build, path, found in (
                ("a pipe", pipe, where, "a pipe, socket or device"),
                ("a device without an end", nothing, "/dev/zero", "a pipe, socket or device"),
                ("a folder", folder_of_table, where, "a folder"),
            )
        ),
        Case(
            "a table of a header alone",
            table("image,specimen\n"),
            Refusal(where, "a header without rows", "a row for each image"),
            arguments=with_table,
            whole=True,
        ),
        Case(
            "a table of lines that end in a carriage return",
            table("image,specimen\rgood.png,S1\r"),
            None,
            READ,
            arguments=with_table,
        ),
        Case(
            "a table of lines that end in three ways",
            table('note,image,specimen\r"two\r\nlines",good.png,S1\r\nx,b.png,S2\n'),
            Refusal(f"{where}, row 4", "'b.png'", GIVEN),
            arguments=with_table,
        ),
        Case(
            "a table with a name that is no UTF-8",
            table(b"image,specimen\ngood.png,caf\xe9\nb\xe9.png,S2\n"),
            Refusal(f"{where}, row 3", "'bé.png'", GIVEN),
            arguments=with_table,
        ),
        Case(
            "a table with an escape sequence",
            table("image,specimen\ngood.png,S1\n\x1b[31mb.png,S2\n"),
            Refusal(f"{where}, row 3", r"'\x1b[31mb.png'", GIVEN),
            arguments=with_table,
        ),
        Case(
            "a table of names that are formulas",
            table("image,specimen\ngood.png,=HYPERLINK(1)\n"),
            None,
            READ,
            arguments=with_table,
        ),
        Case(
            "a table in Windows-1252",
            table("image,specimen\ngood.png,Müller\n".encode("cp1252")),
            None,
            READ,
            arguments=with_table,
        ),
        Case("a table in UTF-16", table(good.encode("utf-16")), None, READ, arguments=with_table),
        Case(
            "a workbook under the name of a CSV",
            table(workbook([["image", "specimen"], ["good.png", "S1"]])),
            None,
            READ,
            arguments=with_table,
        ),
        Case(
            "a workbook cut off",
            table(workbook([["image", "specimen"], ["good.png", "S1"]])[:-40]),
            Refusal(
                where,
                "a workbook that cannot be read (...)",
                "a table saved as CSV, Excel or Parquet",
            ),
            arguments=with_table,
            whole=True,
        ),
        Case(
            "a row that breaks off",
            table(good + "b.png"),
            Refusal(f"{where}, row 3", "1 cells", "2, as the header has"),
            arguments=with_table,
        ),
        Case(
            "a row twice",
            table(good + "good.png,S1\n"),
            Refusal(f"{where}, row 3", second, ONE_ROW),
            arguments=with_table,
        ),
        Case(
            "two specimens for an image",
            table(good + "good.png,S2\n"),
            Refusal(f"{where}, row 3", second, ONE_ROW),
            arguments=with_table,
        ),
        Case(
            "a row without a specimen",
            table(good + "b.png,\n"),
            Refusal(f"{where}, row 3", "no specimen", "one"),
            arguments=with_table,
        ),
        Case(
            "a row without an image",
            table(good + ",S2\n"),
            Refusal(f"{where}, row 3", "no image", "one"),
            arguments=with_table,
        ),
        Case(
            "a row for no file",
            table(good + "b.png,S2\n"),
            Refusal(f"{where}, row 3", "'b.png'", GIVEN),
            arguments=with_table,
        ),
        Case(
            "a pixel size that is no number",
            table("image,specimen,pixel_size_um\ngood.png,S1,\nb.png,S2,wide\n"),
            Refusal(f"{where}, row 3", "pixel_size_um 'wide'", LENGTH),
            arguments=with_table,
        ),
        Case(
            "a pattern without a group",
            nothing,
            Refusal("specimen pattern", "'[a-z]+'", "a pattern with a group: (...)"),
            arguments=("{folder}", "--specimen", "pattern:[a-z]+"),
            whole=True,
        ),
        Case(
            "no pattern",
            nothing,
            Refusal("specimen pattern", "'(' (...)", RE2),
            arguments=("{folder}", "--specimen", "pattern:("),
            whole=True,
        ),
        Case(
            "a pattern that looks back",
            nothing,
            Refusal("specimen pattern", r"'(o)\1' (...)", RE2),
            arguments=("{folder}", "--specimen", r"pattern:(o)\1"),
            whole=True,
        ),
        Case(
            "a pattern of exponential time",
            lambda folder: write(folder / f"{'a' * 200}.png", b""),
            Refusal(
                f"{{folder}}/{'a' * 200}.png",
                "no specimen in its name",
                f"one that fits '{EXPONENTIAL}'",
            ),
            arguments=("{folder}", "--specimen", f"pattern:{EXPONENTIAL}"),
        ),
        Case(
            "a list of bytes that are no UTF-8",
            nothing,
            Refusal(r"caf\xe9.png", "no such file", IMAGE),
            arguments=("-", "{folder}/good.png"),
            standard_input=b"caf\xe9.png\0",
        ),
        Case(
            "a list with an escape sequence",
            nothing,
            Refusal(r"\x1b[31mred.png", "no such file", IMAGE),
            arguments=("-", "{folder}/good.png"),
            standard_input=b"\x1b[31mred.png\n",
        ),
        Case(
            "another rule",
            nothing,
            Refusal("--specimen", "'well'", "folder, file or pattern:REGEX"),
            arguments=("{folder}", "--specimen", "well"),
            whole=True,
        ),
    ]


PATHS = [*_places(), *_odd_names(), *_lists()]
