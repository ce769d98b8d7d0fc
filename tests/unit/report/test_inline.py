"""The little markup: what has no partner is text, and any text can be shown as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anascope.report import code, escape
from anascope.report._inline import Span, plain, showable, spans

# Texts as one line, in which every character can be shown.
LINES = st.text().map(lambda text: " ".join(showable(text).split()))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("plain", [("text", "plain")]),
        ("a **b c** d", [("text", "a "), ("strong", "b c"), ("text", " d")]),
        ("`a **b**`", [("code", "a **b**")]),
        ("`` a ` b ``", [("code", "a ` b")]),
        ("2 * 3 ** 4", [("text", "2 * 3 ** 4")]),
        ("**open", [("text", "**open")]),
        ("one ` tick", [("text", "one ` tick")]),
        (r"\*\*not strong\*\*", [("text", "**not strong**")]),
        (r"C:\new", [("text", r"C:\new")]),
        ("**a\n  b**", [("strong", "a b")]),
        ("_a_ # <b> $x$ @y", [("text", "_a_ # <b> $x$ @y")]),
        (r"\_a\_", [("text", "_a_")]),
        ("one *word* and __another__", [("text", "one *word* and __another__")]),
        ("***a** b*", [("text", "*"), ("strong", "a"), ("text", " b*")]),
        ("**a `b` c**", [("strong", "a "), ("code", "b"), ("strong", " c")]),
        ("", []),
    ],
)
def test_markup(markup: str, expected: list[tuple[str, str]]) -> None:
    assert [(span.kind, span.text) for span in spans(markup)] == expected


def test_names_are_escaped_whole() -> None:
    assert escape("a_b*`c") == r"a\_b\*\`c"


@given(LINES)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert spans(escape(text)) == ([Span("text", text)] if text else [])


@given(LINES)
def test_escaped_text_is_shown_as_it_is_in_bold(text: str) -> None:
    assert plain(f"**{escape(text)}**") == (text or "****")


@given(LINES.filter(bool))
def test_code_is_shown_as_it_is(text: str) -> None:
    assert spans(code(text)) == [Span("code", text)]


def test_what_cannot_be_shown_is_replaced() -> None:
    undecodable = b"scan\xff.png".decode("utf-8", "surrogateescape")
    assert showable(undecodable + "\x00") == "scan\ufffd.png\ufffd"
