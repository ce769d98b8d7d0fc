"""The page of a batch: complete, closed to the outside, and usable by keyboard."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from anascope.reading import NotRead
from anascope.reading.results import NOTICE, PageField, PageSpecimen, to_page
from anascope.reading.results._page import EMBEDDED_MOST
from tests.unit.reading.results.conftest import (
    BLURRED,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)

HOSTILE = "</script><script>alert(1)</script><!-- & \" '"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def placed(*fields: MadeUp, undecided: bool = False) -> PageSpecimen:
    decision = made_up_decision(others=("golgi",)) if undecided else None
    specimen = made_up_specimen(*(field.reading for field in fields), decision=decision)
    return PageSpecimen(
        specimen,
        tuple(
            PageField(
                field.reading, len(field.reading.cells), f"specimens/s/f{number}", lambda: JPEG
            )
            for number, field in enumerate(fields)
        ),
        "specimens/s/sheet.pdf",
    )


@pytest.fixture
def specimens(made_up: Callable[..., MadeUp]) -> list[PageSpecimen]:
    return [
        placed(made_up("a", "S-2"), made_up("b", "S-2", quality=(BLURRED, UNSCALED))),
        placed(made_up("c", "S-10"), undecided=True),
        placed(made_up(HOSTILE, HOSTILE, told=False)),
    ]


class Elements(HTMLParser):
    """All elements with their attributes, and the text in scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data)

    def named(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.found if tag in tags)


def data_of(page: str) -> Any:
    return json.loads(Elements(page).scripts[0])


def test_summary_and_data(specimens: list[PageSpecimen]) -> None:
    page = to_page(
        specimens, [NotRead("x.tif", HOSTILE)], model="hep2 1.0", date=datetime.date(2026, 3, 1)
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("</section>")[0]))
    for fact in (
        "specimens 3",
        "undecided 1",
        "fields 4",
        "fields with a flag 1",
        "files not read 1",
    ):
        assert fact in text
    assert page.count(NOTICE) >= 3
    assert "hep2 1.0" in page
    first, second, third = data_of(page)["specimens"]
    assert first["fields"][0]["picture"].startswith("data:image/jpeg;base64,/9j/")
    blurred, unscaled = first["fields"][1]["flags"]
    assert (blurred["flag"], blurred["value"], blurred["limit"]) == ("out of focus", "0.123", "0.2")
    assert (unscaled["value"], unscaled["limit"]) == ("", "")
    assert second["decision"]["set"] == ["homogeneous", "golgi"]
    assert not second["decision"]["decided"]
    assert second["decision"]["coverage"] == 0.9
    assert third["name"] == HOSTILE
    assert third["mitotic"] is None


def test_hostile_text_stays_text(specimens: list[PageSpecimen]) -> None:
    page = to_page(specimens, [NotRead(HOSTILE, HOSTILE)], model=HOSTILE)
    assert len(list(Elements(page).named("script"))) == 2
    assert "alert(1)</script>" not in page


def test_nothing_from_outside(specimens: list[PageSpecimen]) -> None:
    elements = Elements(to_page(specimens))
    policy = next(
        meta["content"] or ""
        for meta in elements.named("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]
    for attributes in elements.named("script", "link", "img", "iframe"):
        assert (attributes.get("src") or attributes.get("href") or "data:").startswith("data:")


def test_all_that_is_used_has_a_name(specimens: list[PageSpecimen]) -> None:
    page = to_page(specimens)
    elements = Elements(page)
    for tag in ("input", "select"):
        for attributes in elements.named(tag):
            assert re.search(rf'<label[^>]*>[^<]*<{tag}[^>]*id="{attributes["id"]}"', page)
    for button in re.findall(r"<button([^>]*)>([^<]*)", page):
        assert "aria-label" in button[0] or re.search("[A-Za-z]", button[1])
    assert next(elements.named("html"))["lang"] == "en"
    ids = [attributes["id"] for _, attributes in elements.found if attributes.get("id")]
    assert len(ids) == len(set(ids))
    script = elements.scripts[1]
    assert set(re.findall(r'at\("([a-z]+)"\)', script)) <= set(ids)


def test_pictures_of_many_are_beside(made_up: Callable[..., MadeUp]) -> None:
    field = made_up()
    for count, inside in ((EMBEDDED_MOST, True), (EMBEDDED_MOST + 1, False)):
        page = to_page([placed(field)] * count)
        pictures = {s["fields"][0]["picture"] for s in data_of(page)["specimens"]}
        assert len(pictures) == 1
        assert (pictures.pop() == "specimens/s/f0/thumbnail.jpg") is not inside
        assert ("img-src data:;" in page) is inside


def chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")
def test_in_a_browser(specimens: list[PageSpecimen], tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    (tmp_path / "report.html").write_text(to_page(specimens), encoding="utf-8")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: trouble.append(request.url))
        page.goto((tmp_path / "report.html").as_uri())
        trouble[:] = [each for each in trouble if not each.startswith(("file:", "data:"))]

        def names() -> list[str]:
            return [each.inner_text() for each in page.locator(".name").all()]

        assert names() == [HOSTILE, "S-2", "S-10"]  # numbers in names by size
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.check("#undecided")
        assert names() == ["S-10"]
        page.uncheck("#undecided")
        page.check("#flagged")
        assert names() == ["S-2"]
        page.uncheck("#flagged")
        page.select_option("#sort", "cells")
        page.fill("#search", "ac-22")
        page.wait_for_timeout(300)  # the page waits until typing rests
        assert names() == ["S-10"]
        page.fill("#search", "")
        page.select_option("#sort", "name")
        page.wait_for_timeout(300)
        assert len(names()) == 3

        title = page.locator("#which")
        page.locator(".name").nth(1).focus()
        page.keyboard.press("Enter")
        assert title.inner_text().split() == ["S-2", "a,", "1", "of", "2"]
        page.keyboard.press("ArrowRight")
        assert "limit 0.2" in page.locator("#detail").inner_text()
        page.keyboard.press("ArrowRight")
        assert title.inner_text().startswith("S-10")
        assert page.locator("#next").is_disabled()
        page.keyboard.press("PageUp")
        assert title.inner_text().split()[:2] == ["S-2", "a,"]
        page.keyboard.press("Escape")
        assert not page.locator("#dialog").is_visible()
        assert page.evaluate("document.activeElement.textContent") == "S-2"
        browser.close()
    assert trouble == []
