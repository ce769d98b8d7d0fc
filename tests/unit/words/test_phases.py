"""Words for phases of cells, and which phases each leaves possible."""

from __future__ import annotations

import pytest

from anascope.errors import InputError
from anascope.words import MITOSIS, PHASES, chromatin_named, phase_named, phases_allowed


def test_every_phase_allows_itself_alone() -> None:
    for place, phase in enumerate(PHASES):
        assert [i for i, allowed in enumerate(phases_allowed(phase)) if allowed] == [place]


@pytest.mark.parametrize(
    ("label", "allowed"),
    [
        ("prophase", {"prometaphase"}),
        (" Telophase ", {"anaphase"}),
        (MITOSIS, {"prometaphase", "metaphase", "anaphase"}),
        (None, set(PHASES)),
    ],
)
def test_other_words_allow_a_set_of_phases(label: str | None, allowed: set[str]) -> None:
    rows = zip(PHASES, phases_allowed(label), strict=True)
    assert {phase for phase, is_allowed in rows if is_allowed} == allowed


def test_words_are_found_whatever_their_case() -> None:
    assert phase_named(" Metaphase") == "metaphase"
    assert chromatin_named("STAINED ") == "stained"


def test_what_is_no_phase_is_refused_with_the_nearest_word() -> None:
    with pytest.raises(InputError, match=r"row 3: unknown phase 'metafase'; expected .*metaphase"):
        phase_named("metafase", where="row 3")
    with pytest.raises(InputError, match=r"chromatin: unknown chromatin 'positive'"):
        chromatin_named("positive")
