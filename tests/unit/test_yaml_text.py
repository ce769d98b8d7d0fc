"""YAML of users: what is larger than it looks, or says two things at once, is refused."""

from __future__ import annotations

import time

import pytest
import yaml

from anascope.yaml_text import loaded_yaml

_LAUGHS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)


def test_aliases_are_read() -> None:
    text = "a: &a {x: 1, y: [2]}\nb: *a\nc: {<<: *a, x: 3}\n"
    assert loaded_yaml(text) == {
        "a": {"x": 1, "y": [2]},
        "b": {"x": 1, "y": [2]},
        "c": {"x": 3, "y": [2]},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_LAUGHS, "more than 2000000 letters and values"),
        ("a: " + "[" * 100_000, "more than 30 levels"),
        ("a: &a [*a]", "alias 'a' of nothing, or of a value that contains it"),
        ("a: *b", "alias 'b' of nothing"),
        ("a: 1\nb: {c: 1, d: 2, c: 3}", "key 'c' twice"),
        ("a: " + "9" * 9000, "4300 digits"),
        ("a: 2020-99-99", "month must be in 1..12"),
    ],
)
def test_other_text_is_refused_at_once(text: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ValueError, match=message):
        loaded_yaml(text)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("text", ["a: [", "? [a]\n: b", "a: !!python/name:os.system x", "\x00"])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        loaded_yaml(text)
