"""The page of a batch: complete, closed to the outside, and usable by keyboard."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from anascope.reading import NotRead
from anascope.reading.results import PageField, PageSpecimen, to_page
from anascope.reading.results._page import EMBEDDED_MOST
from anascope.words import RESEARCH_USE
from tests.refusals import refused
from tests.unit.reading.results.conftest import (
    BLURRED,
    HOSTILE,
    UNSCALED,
    MadeUp,
    made_up_decision,
    made_up_specimen,
)

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


def page_of(specimens: Iterable[PageSpecimen], *rest: Any, **more: Any) -> str:
    return "".join(to_page(specimens, *rest, **more))


def data_of(page: str) -> Any:
    return json.loads(Elements(page).scripts[0])


def test_summary_and_data(specimens: list[PageSpecimen]) -> None:
    page = page_of(
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
    assert page.count(RESEARCH_USE) >= 3
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


def test_a_pattern_that_nobody_knows_has_no_place_on_the_page(
    made_up: Callable[..., MadeUp],
) -> None:
    decision = replace(made_up_decision(), pattern="golgy")
    with refused("pattern", "unknown pattern 'golgy'", "... (did you mean 'golgi'?)"):
        page_of([placed(made_up(decision=decision))])


def test_hostile_text_stays_text(specimens: list[PageSpecimen]) -> None:
    page = page_of(specimens, [NotRead(HOSTILE, HOSTILE)], model=HOSTILE)
    assert len(list(Elements(page).named("script"))) == 2
    assert "alert(1)</script>" not in page


def test_nothing_from_outside(specimens: list[PageSpecimen]) -> None:
    elements = Elements(page_of(specimens))
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
    page = page_of(specimens)
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
        page = page_of([placed(field)] * count)
        pictures = {s["fields"][0]["picture"] for s in data_of(page)["specimens"]}
        assert len(pictures) == 1
        assert (pictures.pop() == "specimens/s/f0/thumbnail.jpg") is not inside
        assert ("img-src data:;" in page) is inside
