"""A page that needs nothing from outside, and in which text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.metrics import Interval
from anascope.report import Document, FigureBlock, Section, formatted, to_html, write_html
from tests.pages import asked_from_outside, links

_VOID = {"meta", "link", "img", "br", "hr"}
_SHAPES = {"circle", "path"}


class Page(HTMLParser):
    """The elements of a page with their texts; refuses tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SHAPES  # only SVG knows elements without an end tag
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self) -> str:
        shown = (text for tag, text in self.texts if tag not in ("style", "script"))
        return " ".join(" ".join(shown).split())


def test_the_page_says_what_it_is(document: Document) -> None:
    html = to_html(document)
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>\n")
    assert page.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )
    assert ("title", "Study paper") in page.texts
    assert len(page.all("h1")) == len(page.all("main")) == 1


def test_nothing_is_asked_from_outside(document: Document) -> None:
    html = to_html(document)
    assert links(html)
    assert asked_from_outside(links(html)) == []
    assert "url(" not in html
    assert "http:" not in html
    assert "https:" not in html


def test_the_policy_forbids_it_too_but_allows_our_script(document: Document) -> None:
    html = to_html(document)
    page = Page(html)
    policy = next(meta["content"] or "" for meta in page.all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'; img-src data:;")
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_hostile_text_stays_text(hostile_document: Document, hostile: str) -> None:
    page = Page(to_html(hostile_document))
    assert [element for element in page.elements if element[0] == "script"] == [("script", {})]
    assert {tag for tag, _ in page.elements} <= {
        "html", "head", "meta", "title", "link", "style", "body", "header", "h1", "p", "nav", "h2",
        "ol", "li", "a", "span", "main", "dl", "div", "dt", "dd", "section", "svg", "circle",
        "path", "strong", "code", "pre", "figure", "figcaption", "b", "table", "thead", "tr", "th",
        "tbody", "td", "details", "summary", "h3", "footer", "script",
    }  # fmt: skip
    # Page title, title, subtitle; name and value of the fact; two sections, each in the contents
    # too; paragraph; headline and detail; code; title, head, cell and note of the table; summary
    # and what is inside; footer. One paragraph holds marks that are not escaped.
    assert page.text().count(hostile) == 3 + 2 + 4 + 1 + 2 + 1 + 4 + 2 + 1
    assert page.text().count("<script>alert(1)</script>") == 21


def test_links_lead_to_places(document: Document) -> None:
    page = Page(to_html(document))
    places = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(places) == len(set(places))
    links = [link["href"] for link in page.all("a")]
    assert links == ["#what-was-found", "#results", "#plots", "#cells"]
    assert {link[1:] for link in links if link} <= set(places)
    assert {"table:dice", "figure:curves", "figure:cells"} <= set(places)


def test_sections_tables_and_figures_are_numbered(document: Document) -> None:
    text = Page(to_html(document)).text()
    assert "2.1 Curves" in text
    assert "Table 1. Dice by fold" in text
    assert text.index("Figure 1. From history.csv .") < text.index("Figure 2. Cells found")


def test_cells_are_those_of_the_formatter(document: Document) -> None:
    page = Page(to_html(document))
    assert str(formatted(Interval(0.8231, 0.787, 0.856))) in page.text()
    assert ("td", "952752") in page.texts
    assert ("td", "3.00×10⁻⁵") in page.texts
    assert ("td", "–") in page.texts
    assert [cell.get("class") for cell in page.all("th")] == [
        None, "number", "number", None, None, None
    ]  # fmt: skip
    assert [row.get("class") for row in page.all("tr")] == [None, None, None, "summary first"]


def test_a_verdict_is_told_in_words_too(document: Document) -> None:
    page = Page(to_html(document))
    words = [text for tag, text in page.texts if text in ("clear", "open", "no verdict")]
    assert words == ["clear", "open", "no verdict"]
    marks = [e for e in page.elements if e[0] == "svg"]
    assert len(marks) == 3
    assert all(attributes["aria-hidden"] == "true" for _, attributes in marks)


def test_pictures_are_in_the_file(
    document: Document, pictures: tuple[FigureBlock, FigureBlock]
) -> None:
    first, second = Page(to_html(document)).all("img")
    for image, kind, picture in (
        (first, "image/svg+xml", pictures[0]),
        (second, "image/png", pictures[1]),
    ):
        head, data = (image["src"] or "").split(",")
        assert head == f"data:{kind};base64"
        assert base64.b64decode(data) == picture.picture.read_bytes()
    assert first["alt"] == "Curves"
    assert second["alt"] == "Cells found."


def test_code_keeps_its_lines(document: Document) -> None:
    assert '<pre tabindex="0"><code>a\n  b</code></pre>' in to_html(document)


def test_the_same_document_gives_the_same_bytes(document: Document, tmp_path: Path) -> None:
    write_html(document, tmp_path / "a.html")
    write_html(document, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_picture_that_is_none(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    figure = FigureBlock("a", svg=path) if ending == "svg" else FigureBlock("a", png=path)
    document = Document("t", sections=(Section("A", (figure,)),))
    with pytest.raises(InputError, match="No such file"):
        write_html(document, tmp_path / "a.html")
    path.write_text("not a picture")
    with pytest.raises(InputError, match=f"not an? {ending.upper()}"):
        write_html(document, tmp_path / "a.html")
    assert not (tmp_path / "a.html").exists()


def test_an_empty_document() -> None:
    page = Page(to_html(Document("Only a title")))
    assert page.text().count("Only a title") == 2
    assert page.all("nav") == page.all("dl") == page.all("footer") == []
