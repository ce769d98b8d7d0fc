"""Findings as bundles of FHIR R5."""

from __future__ import annotations

import datetime
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anascope.exchange import Finding, Signature, finding_of
from anascope.exchange._results import FieldResult, SpecimenResult
from anascope.exchange.fhir import ICAP_SYSTEM, LOCAL_SYSTEM, to_bundle, write_bundles
from anascope.files import read_json
from anascope.titre import DilutionReading, Titre, titre_of
from anascope.words import RESEARCH_USE
from tests.refusals import refused
from tests.unit.exchange.made_up import specimen
from tests.unit.reading.results.conftest import (
    made_up_decision,
    made_up_field,
    made_up_mixture,
)

bundles = pytest.importorskip(
    "fhir.resources.bundle", reason="fhir.resources is not installed (anascope[fhir])"
)

NOW = datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.UTC)
SIGNED = (Signature("A. Reader", NOW, "R-1"), Signature("B. Senior", NOW.replace(hour=11)))


def result(decision: Any = None) -> SpecimenResult:
    field = made_up_field(specimen="S-1").reading
    return SpecimenResult(
        specimen("S-1", made_up_decision() if decision is None else decision),
        (FieldResult(field, Path("F-1")),),
    )


def titre(**answers: bool) -> Titre:
    return titre_of(
        DilutionReading(float(dilution[1:]), positive, float(positive))
        for dilution, positive in answers.items()
    )


def resources(finding: Finding, kind: str) -> list[dict[str, Any]]:
    """Return the resources of a kind, after the whole bundle was read again by the library."""
    bundle = to_bundle(finding)
    again = bundles.Bundle.model_validate(bundle)
    assert again.model_dump(mode="json") == bundle
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert set(references(bundle)) <= set(urls)
    return [
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind
    ]


def references(value: Any) -> list[str]:
    """Return all that a bundle refers to."""
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [ref for inner in value.values() for ref in references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in references(inner)]
    return []


def test_what_nobody_signed_is_preliminary() -> None:
    finding = finding_of(result())
    (report,) = resources(finding, "DiagnosticReport")
    observations = resources(finding, "Observation")
    assert {one["status"] for one in (report, *observations)} == {"preliminary"}
    assert RESEARCH_USE in [note["text"] for note in report["note"]]
    assert all(one["note"][0]["text"] == RESEARCH_USE for one in observations)
    assert "issued" not in report
    assert not resources(finding, "Practitioner")
    assert len(report["result"]) == len(observations) == 2


def test_a_pattern_has_its_icap_code_and_its_probability() -> None:
    pattern, intensity = resources(finding_of(result()), "Observation")
    assert pattern["code"]["coding"][0]["code"] == "13068-2"
    coding = {"system": ICAP_SYSTEM, "code": "AC-1", "display": "homogeneous"}
    assert pattern["valueCodeableConcept"] == {"coding": [coding], "text": "homogeneous"}
    (component,) = pattern["component"]
    assert component["code"]["coding"] == [coding]
    assert component["valueQuantity"]["value"] == 0.9
    assert intensity["valueCodeableConcept"]["coding"][0]["system"] == LOCAL_SYSTEM
    assert intensity["valueCodeableConcept"]["text"] == "positive"


def test_two_patterns_are_two_observations() -> None:
    first, second, _ = resources(finding_of(result(made_up_mixture())), "Observation")
    named = [one["valueCodeableConcept"]["coding"][0]["code"] for one in (first, second)]
    assert named == ["AC-1", "AC-22"]


def test_undecided_has_no_value_and_names_the_candidates() -> None:
    undecided = made_up_decision("homogeneous", others=("golgi",))
    finding = finding_of(result(undecided))
    pattern, _ = resources(finding, "Observation")
    assert "valueCodeableConcept" not in pattern
    absent = pattern["dataAbsentReason"]
    assert (absent["coding"][0]["code"], absent["text"]) == ("unknown", "undecided")
    codes = [part["code"]["coding"][0]["code"] for part in pattern["component"]]
    assert codes == ["AC-1", "AC-22"]
    (report,) = resources(finding, "DiagnosticReport")
    assert report["conclusion"].startswith("undecided (homogeneous, golgi)")


def test_a_family_has_no_code() -> None:
    finding = replace(finding_of(result()), patterns=("nucleolar",))
    pattern = resources(finding, "Observation")[0]
    assert pattern["valueCodeableConcept"] == {"text": "nucleolar"}


def test_what_is_not_evaluable_has_no_value_and_says_why() -> None:
    dark = SpecimenResult(specimen("S-1", None), result().fields)
    finding = finding_of(dark)
    (pattern,) = resources(finding, "Observation")
    assert pattern["dataAbsentReason"]["text"] == "not evaluable"
    (report,) = resources(finding, "DiagnosticReport")
    notes = [note["text"] for note in report["note"]]
    assert "field F-1 is not evaluable: too dark" in notes


def test_signed_is_final_and_says_who_and_when() -> None:
    finding = replace(finding_of(result()), signatures=SIGNED, comment="Confirmed.")
    (report,) = resources(finding, "DiagnosticReport")
    assert report["status"] == "final"
    assert report["issued"].startswith("2026-03-01T11:30:00")
    people = resources(finding, "Practitioner")
    assert [who["name"][0]["text"] for who in people] == ["A. Reader", "B. Senior"]
    assert people[0]["identifier"] == [{"value": "R-1"}]
    assert len(report["resultsInterpreter"]) == 2
    assert all(len(one["performer"]) == 2 for one in resources(finding, "Observation"))
    assert report["note"][-1]["text"] == "Confirmed."


def test_signed_anew_is_amended_with_its_reason_and_the_same_identifier() -> None:
    first = replace(finding_of(result()), signatures=SIGNED[:1])
    second = replace(first, signatures=SIGNED, patterns=("AC-4",), reason="Read again.")
    (old,), (new,) = (resources(each, "DiagnosticReport") for each in (first, second))
    assert new["status"] == "amended"
    assert new["identifier"] == old["identifier"]
    assert "Signed again: Read again." in [note["text"] for note in new["note"]]
    pattern = resources(second, "Observation")[0]
    assert pattern["valueCodeableConcept"]["text"] == "fine speckled"


@pytest.mark.parametrize(
    ("answers", "value", "comparator"),
    [
        ({"d80": True, "d160": False}, 80, None),
        ({"d80": True, "d160": True}, 160, ">="),
        ({"d80": False, "d160": False}, 80, "<"),
    ],
)
def test_a_titre_is_a_number_with_how_it_lies_to_it(
    answers: dict[str, bool], value: int, comparator: str | None
) -> None:
    observation = resources(finding_of(result(), titre=titre(**answers)), "Observation")[-1]
    assert observation["code"]["coding"][0]["code"] == "5048-4"
    quantity = observation["valueQuantity"]
    assert (quantity["value"], quantity["code"]) == (value, "{titer}")
    assert quantity.get("comparator") == comparator
    assert "estimate" in observation["note"][1]["text"]


def test_a_titre_that_is_signed_is_no_estimate() -> None:
    estimate = titre(d80=True, d160=False)
    finding = replace(finding_of(result(), titre=estimate), signatures=SIGNED)
    observation = resources(finding, "Observation")[-1]
    assert [note["text"] for note in observation["note"]] == [RESEARCH_USE, "1:80."]
    (report,) = resources(finding, "DiagnosticReport")
    assert "titre 1:80." in report["conclusion"]


def test_the_curve_of_a_titre_is_a_component() -> None:
    estimate = titre(d80=True, d160=True, d320=True, d640=False, d1280=False)
    observation = resources(finding_of(result(), titre=estimate), "Observation")[-1]
    curve, interval = observation["component"]
    assert curve["valueQuantity"]["value"] == pytest.approx(452.5, abs=1)
    assert interval["valueRange"]["low"]["value"] < 320 < interval["valueRange"]["high"]["value"]


def test_another_system_of_icap_codes() -> None:
    bundle = to_bundle(finding_of(result()), icap_system="https://laboratory.example/icap")
    coding = bundle["entry"][1]["resource"]["valueCodeableConcept"]["coding"][0]
    assert coding["system"] == "https://laboratory.example/icap"


def test_the_same_finding_has_the_same_identifiers() -> None:
    assert to_bundle(finding_of(result())) == to_bundle(finding_of(result()))


def test_hostile_names_are_text() -> None:
    finding = replace(finding_of(result()), specimen="S\n1\x1b[31m", serum="\x00")
    (own,) = resources(finding, "Specimen")
    assert own["identifier"][0]["value"] == "S\\n1\\x1b[31m"


def test_what_fhir_cannot_say_is_refused() -> None:
    finding = replace(finding_of(result()), probabilities={"homogeneous": float("inf")})
    with refused("specimen S-1", "entry.1...", "what FHIR can say"):
        to_bundle(finding)
    for system in ("", "AC", "no uri: with blanks"):
        with refused("icap_system", f"'{system}'", "a URI such as urn:oid:1.2.3"):
            to_bundle(finding, icap_system=system)


def test_bundles_are_files(tmp_path: Path) -> None:
    finding = finding_of(result())
    others = [replace(finding, specimen=name, identity=name) for name in ("a/b", "A/b")]
    assert write_bundles([finding, *others], tmp_path / "out") == 3
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 3
    assert "S-1.json" in names
    assert read_json(tmp_path / "out" / "S-1.json") == to_bundle(finding)
    with refused(tmp_path / "out", "exists already", "..."):
        write_bundles([finding], tmp_path / "out")
    with refused(tmp_path / "none", "nothing to write", "at least one specimen that is whole"):
        write_bundles([], tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_without_the_library_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "fhir"]:
        monkeypatch.setitem(sys.modules, name, None)
    with refused("FHIR", "fhir is not installed", "anascope[fhir] ..."):
        write_bundles([], tmp_path / "out")


def test_systems_are_made_from_public_names() -> None:
    own = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.anapatterns.org/")
    assert f"urn:uuid:{own}" == ICAP_SYSTEM
    assert f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, 'anascope')}" == LOCAL_SYSTEM
