"""No text in CSV is a formula, and what was marked can be told from what looked so before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope.csv_text import marked, without_mark

_STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
_TEXT = st.text("=+-@'\t\r\n＝aé7 ", max_size=6) | st.text(max_size=8)


@pytest.mark.parametrize("start", _STARTS)
def test_a_text_that_begins_as_a_formula_does_is_marked(start: str) -> None:
    for text in (f"{start}1+1", f" {start}1+1", f"'{start}1+1"):
        assert marked(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "S-12", "a=b", "'", "O'Neil", "'quoted'", "7", " 1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert marked(text) == without_mark(text) == text


@settings(deadline=None, derandomize=True)
@given(text=_TEXT)
def test_the_mark_is_taken_off_again_exactly(text: str) -> None:
    assert without_mark(marked(text)) == text
    assert not marked(text).lstrip(" ").startswith(tuple(_STARTS))
