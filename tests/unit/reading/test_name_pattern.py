r"""Patterns of users: what Python's ``re`` finds, in time that no pattern can stretch."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anascope.errors import printable
from anascope.reading._name_pattern import NamePattern
from tests.refusals import refused

SYNTAX = "a pattern in the syntax of RE2, without look-around and back references"


@pytest.mark.parametrize(
    ("pattern", "name", "specimen"),
    [
        (r"^(S\d+)_", "S7_01.png", "S7"),
        (r"(S)(?P<specimen>\d+)", "S7_01.png", "7"),
        (r"(\w+)_\d+", "Müller_01.png", "Müller"),
        (r"(\w+)_\d+", "Мюллер_01.png", "Мюллер"),
        (r"([\w-]+)_\d+", "Mül-ler_01.png", "Mül-ler"),
        (r"([^_]+)_", "Möller_01.png", "Möller"),
        (r"(\W+)", "aü-+b", "-+"),
        (r"^(S\d{,3})_", "S12_", "S12"),
        (r"([]ab]+)", "x]a]", "]a]"),
        (r"([^]]+)", "]ab", "ab"),
        (r"(?i)(müller)", "MÜLLER_1", "MÜLLER"),
        (r"(\d+)\.png\Z", "S12.png", "12"),
        (r"(a|ab)(c|bcd)?", "abcd", "a"),
        (r"(x)", "S7.png", None),
        (r"(x*)", "S7.png", None),
    ],
)
def test_what_a_pattern_finds(pattern: str, name: str, specimen: str | None) -> None:
    assert NamePattern(pattern).specimen_in(name) == specimen


def test_a_letter_with_a_mark_of_its_own_is_a_letter() -> None:
    """Some systems spell ü as u with a mark; Python's own ``re`` would find ``ller``."""
    name = unicodedata.normalize("NFD", "Müller_01.png")
    assert NamePattern(r"(\w+)_\d+").specimen_in(name) == name.partition("_")[0]


@pytest.mark.parametrize(
    "pattern",
    [
        "(", r"(a)\1", "(?=a)(b)", "(?<!a)(b)", "(?P<specimen>a)(?P=specimen)", "(a**)", "(\n",
        "((a{1000}){1000})", "((a{999}){999})", r"(a)\N{DIGIT ONE}", "(?>a)(b)", "[(a)",
        "(a\ud800)",
    ],
)  # fmt: skip
def test_what_is_no_pattern_of_re2_is_refused(pattern: str) -> None:
    with refused("specimen pattern", f"'{printable(pattern)}' (...)", SYNTAX):
        NamePattern(pattern)


def test_other_patterns_that_are_refused() -> None:
    with refused("specimen pattern", "'[a-z]+'", "a pattern with a group: (...)"):
        NamePattern("[a-z]+")
    with refused("specimen pattern", "1002 letters", "at most 1000"):
        NamePattern("(" + "a" * 1000 + ")")
    with refused("specimen pattern", r"\W in brackets", r"\w in brackets that begin with ^"):
        NamePattern(r"([\W]+)")


def test_where_words_end_is_not_guessed() -> None:
    pattern = NamePattern(r"\b(S\d+)\b")
    assert pattern.specimen_in("a S12.png") == "S12"
    with refused("ü S12.png", "a name with other letters than English ones", "..."):
        pattern.specimen_in("ü S12.png")


@pytest.mark.parametrize("pattern", ["((a+)+)+$", "(a|aa)+$", "(.*.*.*.*.*)*=", "(a?){50}a{50}$"])
def test_no_pattern_takes_long(pattern: str) -> None:
    start = time.perf_counter()
    NamePattern(f"({pattern})").specimen_in("a" * 250 + "!")
    assert time.perf_counter() - start < 1


_PIECES = st.sampled_from(
    ["a", "ü", "_", "7", r"\d", r"\w", r"\W", r"\D", r"\s", r"\S", ".", "[a-c]", r"[\wé-]", "[^_]",
     r"[^\d]", "[]x]", "[^]]", "|", "^", "$", r"\.", "S"]
)  # fmt: skip
_REPEATS = st.sampled_from(["", "", "+", "*", "?", "{2}", "{,2}", "{1,3}", "+?", "*?"])


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    before=st.lists(st.tuples(_PIECES, _REPEATS), max_size=2),
    inside=st.lists(st.tuples(_PIECES, _REPEATS), min_size=1, max_size=3),
    after=st.lists(st.tuples(_PIECES, _REPEATS), max_size=2),
    name=st.text("aüb_7S.x] é-٣", max_size=8),
)
def test_it_is_what_python_finds(
    before: list[tuple[str, str]],
    inside: list[tuple[str, str]],
    after: list[tuple[str, str]],
    name: str,
) -> None:
    texts = ["".join(a + b for a, b in pieces) for pieces in (before, inside, after)]
    pattern = f"{texts[0]}({texts[1]}){texts[2]}"
    try:
        expression = re.compile(pattern)
    except re.error:
        assume(False)
    # Python lets an edge or an empty alternative repeat, which RE2 reads differently.
    assume(not re.search(r"[|^$]([+*?{]|$)|\(\||\|\)|^\||\|\||[(|][+*?{]", pattern))
    match = expression.search(unicodedata.normalize("NFC", name))
    assert NamePattern(pattern).specimen_in(name) == ((match[1] or None) if match else None)
