"""The worklist as a page."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import pytest

from anascope.desk.accounts import LOCAL
from anascope.desk.store import Database
from anascope.desk.web import Serving, Watched
from anascope.desk.worklist import note_unread
from anascope.reading import NotRead
from tests.unit.desk.made_up import Clock, made_up_read, put_in
from tests.unit.desk.web.pages import HOSTILE, Browser, browser

NAMES = ["S-1", "S-2", "S-10", HOSTILE]


def names(text: str) -> list[str]:
    found = re.findall(r'<a href="/specimens/\d+">([^<]*)</a></td>', text)
    return [name.replace("&#34;", '"').replace("&gt;", ">").replace("&lt;", "<") for name in found]


def test_what_is_to_be_looked_at_comes_first(local: Browser) -> None:
    text = local.get("/").text
    assert names(text) == NAMES
    assert "0 of 4 done" in text
    local.send("/specimens/1/result", "/specimens/1", verdict="negative", action="sign")
    text = local.get("/").text
    assert names(text)[-1] == "S-1"
    assert "1 of 4 done" in text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("search=s-1", ["S-1", "S-10"]),
        ("search=S-1&sort=name&down=1", ["S-10", "S-1"]),
        ("attention=undecided", ["S-1"]),
        ("attention=flagged", ["S-2"]),
        ("state=new&sort=name", NAMES),
        ("state=signed", []),
        ("pattern=golgi", ["S-2"]),
        ("intensity=positive&sort=name", NAMES),
        ("intensity=negative", []),
        ("batch=1&sort=name", NAMES),
        ("batch=2", []),
    ],
)
def test_an_address_says_what_is_shown(local: Browser, asked: str, expected: list[str]) -> None:
    assert names(local.get(f"/?{asked}").text) == expected
    table = csv.DictReader(io.StringIO(local.get(f"/worklist.csv?{asked}").text))
    assert [line["specimen"] for line in table] == expected


def test_pages_follow_each_other(local: Browser, database: Database, tmp_path: Path) -> None:
    many = [made_up_read(f"M-{number}", tmp_path, write=False) for number in range(120)]
    put_in(database, many)
    seen: list[str] = []
    path: str | None = "/?sort=name&search=M-"
    while path is not None:
        text = local.get(path).text
        seen += names(text)
        further = re.findall(r'<a href="([^"]*)" class="button" rel="next"', text)
        path = further[0].replace("&amp;", "&") if further else None
    assert seen == [f"M-{number}" for number in range(120)]
    assert "Folder" in text


def test_a_result_stands_in_the_table(local: Browser) -> None:
    values = {"verdict": "patterns", "pattern": ["AC-3"], "titre": "640", "comment": "Seen, twice."}
    local.send("/specimens/1/result", "/specimens/1", **values, action="sign")
    (line,) = csv.DictReader(io.StringIO(local.get("/worklist.csv?search=S-1&state=signed").text))
    assert line["patterns"] == "centromere"
    assert line["icap_codes"] == "AC-3"
    assert (line["titre"], line["comment"]) == ("1:640", "Seen, twice.")
    assert (line["written_by"], line["signed_by"], line["version"]) == ("local", "local", "1")
    assert line["read_pattern"] == "undecided"


def test_one_specimen_leads_to_the_next(local: Browser) -> None:
    first = local.get("/specimens/1").text
    (second,) = re.findall(r'href="(/specimens/\d+)" class="button" data-key="j"', first)
    assert "S-2" in local.get(second).text
    local.send("/specimens/1/result", "/specimens/1", verdict="negative", action="sign")
    done = local.get("/specimens/1").text
    assert re.findall(r'href="(/specimens/\d+)" class="button" data-key="j"', done) == [second]


def test_images_that_could_not_be_read(
    local: Browser, database: Database, clock: Clock, tmp_path: Path
) -> None:
    assert "images not read" not in local.get("/").text
    assert "All images were read." in local.get("/not-read").text
    found = [NotRead(f"S-{number}.tif", "too dark; expected light") for number in range(101)]
    note_unread(database, tmp_path, found, by=LOCAL)
    clock.advance(hours=1)
    hostile = NotRead(f"{HOSTILE}.tif", "no image; expected <b>TIFF</b>")
    note_unread(database, tmp_path, [*found, hostile], by=LOCAL)
    assert "images not read <b>102</b>" in local.get("/").text
    page = local.get("/not-read").text
    sources = re.findall(r"<li><b>(.*?)</b>", page)
    assert len(sources) == 100
    assert html.unescape(sources[0]) == f"{HOSTILE}.tif"
    assert "<script>alert" not in page
    assert "<b>TIFF" not in page
    rest = local.get("/not-read?after=100").text
    assert re.findall(r"<li><b>(.*?)</b>", rest) == ["S-1.tif", "S-0.tif"]
    assert "Earlier ones" not in rest
    note_unread(database, tmp_path, [], by=LOCAL)
    assert "images not read" not in local.get("/").text


@pytest.mark.parametrize("runs", [True, False])
def test_the_watched_folder_is_told(database: Database, runs: bool) -> None:
    watched = Watched(Path("/slides & more"), lambda: runs)
    text = browser(Serving(database, watched=watched)).get("/").text
    assert "<code>/slides &amp; more</code>" in text
    assert ("are read as they arrive" in text) is runs
    assert ("has ended and is started again" in text) is not runs
