"""A folder of results, as exchange reads it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.exchange import (
    Finding,
    Signature,
    finding_of,
    is_positive,
    results_in,
    specimens_in,
)
from tests.refusals import refused
from tests.unit.exchange.made_up import decided, write_results
from tests.unit.reading.results.conftest import made_up_decision, made_up_mixture

NOW = datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.UTC)


def test_specimens_come_with_their_fields(tmp_path: Path) -> None:
    written = write_results(tmp_path, "S-10", "S-2")
    found = list(specimens_in(tmp_path))
    assert [each.reading.specimen for each in found] == ["S-2", "S-10"]
    first = found[1]
    assert [one.reading.field for one in first.fields] == ["F-1", "F-2"]
    assert first.fields[0].reading.provenance == written["S-10"][0].reading.provenance
    assert (first.fields[0].folder / "labels.tif").is_file()


def test_what_is_no_folder_of_results_is_refused(tmp_path: Path) -> None:
    expected = "a folder of results that anascope read has written"
    with refused(tmp_path, "no folder of results", expected):
        list(results_in(tmp_path))
    with refused(tmp_path / "none", "no such folder", expected):
        list(results_in(tmp_path / "none"))


def test_a_damaged_specimen_stops_no_other(tmp_path: Path) -> None:
    write_results(tmp_path, "S-1", "S-2", "S-3")
    (tmp_path / "specimens" / "S-2" / "specimen.json").write_text("{", encoding="utf-8")
    (tmp_path / "specimens" / "S-3" / "specimen.json").unlink()
    first, second, third = results_in(tmp_path)
    assert not isinstance(first, InputError)
    assert isinstance(second, InputError)
    assert isinstance(third, InputError)
    assert third.found == "a specimen that is not decided yet"
    errors: list[InputError] = []
    assert len(list(specimens_in(tmp_path, errors))) == 1
    assert [str(each) for each in errors] == [str(second), str(third)]
    with pytest.raises(InputError):
        list(specimens_in(tmp_path))


def test_a_field_that_is_gone_is_told(tmp_path: Path) -> None:
    write_results(tmp_path, "S-1")
    (tmp_path / "specimens" / "S-1" / "F-2" / "field.json").unlink()
    (found,) = results_in(tmp_path)
    assert isinstance(found, InputError)
    assert found.found == "fields that were not decided together (F-2)"


def test_a_reading_is_preliminary(tmp_path: Path) -> None:
    write_results(tmp_path, "S-1")
    (result,) = specimens_in(tmp_path)
    finding = finding_of(result, serum="P-7")
    assert finding.status == "preliminary"
    assert finding.patterns == ("homogeneous",)
    assert finding.probabilities == {"homogeneous": 0.9}
    assert finding.remarks == ("field F-2 is flagged: out of focus",)
    assert finding.model == "m" * 64
    assert finding.identity == finding_of(result).identity


def finding(**changes: object) -> Finding:
    whole = {"specimen": "S-1", "identity": "1", "patterns": (), "pattern_words": "undecided"}
    return Finding(**(whole | changes))  # type: ignore[arg-type]


def test_only_a_signature_makes_it_final_and_a_reason_amended() -> None:
    signed = (Signature("A. Reader", NOW),)
    assert finding().status == "preliminary"
    assert finding(signatures=signed).status == "final"
    assert finding(signatures=signed, reason="read again").status == "amended"
    with refused("specimen S-1", "an amendment that nobody has signed", "a signature"):
        finding(reason="read again")
    naive = (Signature("A. Reader", NOW.replace(tzinfo=None)),)
    with refused("specimen S-1", "a signature without a time zone", "a time with its zone"):
        finding(signatures=naive)


def test_a_finding_has_the_words_of_the_vocabulary() -> None:
    with refused("specimen S-1", "unknown pattern 'homogenius'", "..."):
        finding(patterns=("homogenius",))
    with refused("specimen S-1", "unknown intensity 'bright'", "..."):
        finding(intensity="bright")


def test_positive_is_what_is_not_negative() -> None:
    for stated, answer in ((0.9, True), (0.2, False)):
        positive, probability = is_positive(decided(stated))
        assert positive is answer
        assert probability == pytest.approx(stated)
    assert is_positive(made_up_mixture())[0] is True


def test_where_pattern_and_intensity_disagree_it_is_open() -> None:
    patterns = {"negative": 0.7, "homogeneous": 0.3}
    both = replace(made_up_decision(), patterns=patterns, pattern="negative")
    positive, probability = is_positive(both)
    assert positive is None
    assert probability == pytest.approx((0.9 + 0.3) / 2)


def test_a_model_that_tells_nothing_negative_leaves_it_open() -> None:
    blind = replace(made_up_decision(), intensities={"intermediate": 0.3, "positive": 0.7})
    assert is_positive(blind) == (None, None)
