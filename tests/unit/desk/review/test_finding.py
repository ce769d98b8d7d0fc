"""What a finding may say, and what does not go together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from anascope.desk.review import (
    CellChange,
    Finding,
    Verdict,
    checked_finding,
    proposed,
    titre_named,
)
from anascope.errors import InputError
from tests.unit.desk.made_up import made_up_read
from tests.unit.reading.results.conftest import made_up_decision, made_up_mixture

READ = made_up_read("S", Path("/images"), write=False)
GOOD = Finding(Verdict.PATTERNS, ("homogeneous",), "positive", 320)


def test_a_finding_is_told_in_the_words_of_the_vocabulary() -> None:
    typed = Finding(
        Verdict.PATTERNS,
        ("AC-5", "Numem"),
        "pos",
        640,
        "  Ana\u0308mie\r\nweak \n",
        (CellChange("F-2", 3), CellChange("F-1", 12, "ac-22")),
    )
    assert checked_finding(typed, READ) == Finding(
        Verdict.PATTERNS,
        ("coarse speckled", "nuclear envelope"),
        "positive",
        640,
        "An\u00e4mie\nweak",
        (CellChange("F-1", 12, "golgi"), CellChange("F-2", 3)),
    )


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        (Finding(Verdict.PATTERNS), "no pattern"),
        (replace(GOOD, patterns=("any",)), "a pattern or family"),
        (replace(GOOD, patterns=("negative",)), "a result of its own"),
        (replace(GOOD, patterns=("speckeld",)), "speckled"),
        (replace(GOOD, patterns=("speckled", "AC-4")), "exclude each other"),
        (replace(GOOD, patterns=("AC-1", "AC-2", "AC-3", "AC-4", "AC-5")), "up to 4"),
        (replace(GOOD, intensity="negative"), "a positive level"),
        (replace(GOOD, intensity="bright"), "unknown intensity"),
        (replace(GOOD, titre=0), "titre"),
        (replace(GOOD, titre=10**9), "titre"),
        (replace(GOOD, comment="x" * 4001), "at most 4000"),
        (replace(GOOD, comment="a\0b"), "U+0000"),
        (replace(GOOD, comment="a\ud800b"), "U+D800"),
        (replace(GOOD, cells=(CellChange("F-9", 1),)), "no such field"),
        (replace(GOOD, cells=(CellChange("F-1", 13),)), "no such cell"),
        (replace(GOOD, cells=(CellChange("F-1", 0),)), "no such cell"),
        (replace(GOOD, cells=(CellChange("F-1", 1), CellChange("F-1", 1, "golgi"))), "twice"),
        (replace(GOOD, cells=(CellChange("F-1", 1, "any"),)), "a pattern or family"),
        (Finding(Verdict.NEGATIVE, ("golgi",)), "no pattern"),
        (Finding(Verdict.NEGATIVE, titre=80), "no titre"),
        (Finding(Verdict.NEGATIVE, intensity="positive"), "no such intensity"),
        (Finding(Verdict.NOT_EVALUABLE, intensity="negative"), "no such intensity"),
        (Finding(Verdict.REJECTED), "why the specimen is rejected"),
    ],
)
def test_what_cannot_be(finding: Finding, message: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_finding(finding, READ)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "titre"), [("1:320", 320), (" 80 ", 80), ("1 / 40", 40), ("", None), (" ", None)]
)
def test_titres(text: str, titre: int | None) -> None:
    assert titre_named(text) == titre


@pytest.mark.parametrize("text", ["0", "-80", "1:0", "2:80", "1:80:3", "eighty", "٣٢٠", "1e3"])
def test_no_titres(text: str) -> None:
    with pytest.raises(InputError, match="a dilution, such as 1:320"):
        titre_named(text)


def test_what_a_reading_proposes() -> None:
    def of(**read: object) -> Finding | None:
        found = proposed(made_up_read("S", Path("/images"), write=False, **read))  # type: ignore[arg-type]
        return None if found is None else checked_finding(found)

    both = ("homogeneous", "golgi")
    assert of(decision=made_up_mixture(*both)) == Finding(Verdict.PATTERNS, both, "positive")
    assert of(decision=made_up_decision(others=("golgi",))) is None
    assert of(decision=replace(made_up_decision(), pattern=None, likeliest=None)) is None
    negative = replace(made_up_decision(), pattern="negative", intensity="positive")
    assert of(decision=negative) == Finding(Verdict.NEGATIVE)
    weak = replace(made_up_decision("golgi"), intensity="negative")
    assert of(decision=weak) == Finding(Verdict.PATTERNS, ("golgi",))
    assert of(evaluable=False) == Finding(Verdict.NOT_EVALUABLE)
