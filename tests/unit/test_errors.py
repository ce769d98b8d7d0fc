"""Messages of one form."""

from __future__ import annotations

import pickle

import pytest

from anascope.errors import AnascopeError, InputError, did_you_mean, nearest, one_line, printable


def test_a_message_is_one_line_of_where_found_and_expected() -> None:
    error = InputError("a.csv,\n row 2", "two\nlines", "one\tline")
    assert str(error) == "a.csv, row 2: two lines; expected one line"
    assert isinstance(error, AnascopeError)


def test_an_error_crosses_processes() -> None:
    error = InputError("a.csv", "x", "y")
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.where, copied.found, copied.expected) == (
        str(error),
        "a.csv",
        "x",
        "y",
    )


@pytest.mark.parametrize(
    ("word", "choice"),
    [("centromer", "centromere"), ("GOLGI ", "golgi"), ("zzz", None), ("", None)],
)
def test_the_nearest_word(word: str, choice: str | None) -> None:
    assert nearest(word, ["centromere", "golgi"]) == choice


def test_long_lists_are_cut_short() -> None:
    text = did_you_mean("w12", [f"w{number}" for number in range(20)])
    assert text.startswith("one of w0, w1, ")
    assert ", ... (did you mean 'w12'?)" in text
    assert "w15" not in text


def test_one_line() -> None:
    assert one_line(" a\n b\t c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("S 12 Müller 山田\u3000太郎", "S 12 Müller 山田\u3000太郎"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\nb\rc\td\0e", r"a\nb\rc\td\x00e"),
        ("caf\udce9", r"caf\xe9"),
        ("half \ud800", r"half \ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_what_cannot_be_printed_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert str(InputError("a", text, "b")).isprintable() or "\u3000" in text
    str(InputError(text, text, text)).encode("utf-8")
