"""A finding as a bundle of FHIR resources."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from anascope.errors import InputError, printable
from anascope.exchange._finding import Finding, Signature
from anascope.exchange.fhir import _codes as codes
from anascope.extras import needed
from anascope.titre import Titre
from anascope.words import RESEARCH_USE

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_METHOD = "Indirect immunofluorescence on HEp-2 cells, images read by"
Resource = dict[str, Any]


def to_bundle(finding: Finding, *, icap_system: str = codes.ICAP_SYSTEM) -> Resource:
    """Return a finding as a bundle (type ``collection``) that ``fhir.resources`` has checked.

    First the DiagnosticReport, then its Observations (one for each pattern that is told, or one
    that says why none is; the intensity; the titre), the Specimen, the Device that read it, and
    a Practitioner for each signature. The same finding always has the same identifiers.

    Args:
        finding: What to send.
        icap_system: URI of the system of the AC codes.

    Raises:
        InputError: if fhir.resources is not installed, ``icap_system`` is no URI, or what the
            finding says has no form in FHIR.
    """
    if _URI.fullmatch(icap_system) is None:
        raise InputError("icap_system", f"'{icap_system}'", "a URI such as urn:oid:1.2.3")
    library = needed("fhir.resources.bundle", "FHIR")
    made = _Made(finding, icap_system)
    return _checked(library.Bundle, made.bundle(), finding)


def _checked(kind: Any, bundle: Resource, finding: Finding) -> Resource:
    try:
        checked: Resource = kind.model_validate(bundle).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        location = ".".join(map(str, first["loc"]))
        found = f"{location}: {first['msg']}"
        raise InputError(f"specimen {finding.specimen}", found, "what FHIR can say") from None
    return checked


class _Made:
    """The resources of one finding, which refer to each other.

    Args:
        finding: What to send.
        icap: URI of the system of the AC codes.
    """

    def __init__(self, finding: Finding, icap: str) -> None:
        self._finding, self._icap = finding, icap
        self._space = uuid.uuid5(
            uuid.UUID(codes.LOCAL_SYSTEM.removeprefix("urn:uuid:")), finding.identity
        )

    def bundle(self) -> Resource:
        """Return all of them."""
        finding = self._finding
        observations = [*self._patterns(), self._intensity(), self._titre()]
        named = [(f"observation-{n}", made) for n, made in enumerate(filter(None, observations))]
        people = [(f"practitioner-{n}", _person(who)) for n, who in enumerate(finding.signatures)]
        report = self._report([self._at(name) for name, _ in named])
        others = [("specimen", self._specimen()), ("device", self._device()), *people]
        entries = [("report", report), *named, *others]
        return {
            "resourceType": "Bundle",
            "type": "collection",
            "identifier": {"system": "urn:ietf:rfc:3986", "value": self._url("bundle")},
            "entry": [{"fullUrl": self._url(name), "resource": made} for name, made in entries],
        }

    def _url(self, name: str) -> str:
        return f"urn:uuid:{uuid.uuid5(self._space, name)}"

    def _at(self, name: str) -> Resource:
        return {"reference": self._url(name)}

    def _report(self, results: Sequence[Resource]) -> Resource:
        finding = self._finding
        report: Resource = {
            "resourceType": "DiagnosticReport",
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": self._url("report")}],
            "status": finding.status,
            "category": [codes.IMMUNOLOGY],
            "code": codes.REPORT,
            "specimen": [self._at("specimen")],
            "result": list(results),
            "note": [_note(text) for text in self._notes()],
            "conclusion": _text(_conclusion(finding)),
        }
        return report | self._signed("resultsInterpreter")

    def _notes(self) -> list[str]:
        finding = self._finding
        notes = [RESEARCH_USE]
        if not finding.signatures:
            notes.append("Read by software; nobody has signed it.")
        if finding.probabilities and not finding.calibrated:
            notes.append("Probabilities are the network's own: they were not calibrated.")
        notes += finding.remarks
        if finding.cells is not None:
            figures = finding.mitotic_figures
            mitotic = "" if figures is None else f", {figures} of them in mitosis"
            notes.append(f"{finding.cells} cells were read{mitotic}.")
        notes += [f"Signed again: {finding.reason}"] if finding.reason else []
        return [*notes, *([finding.comment] if finding.comment else [])]

    def _signed(self, people: str) -> Resource:
        """Return who signed, and when last."""
        signatures = self._finding.signatures
        if not signatures:
            return {}
        return {
            "issued": _instant(max(signature.when for signature in signatures)),
            people: [self._at(f"practitioner-{n}") for n in range(len(signatures))],
        }

    def _observation(self, code: codes.Concept, **elements: Any) -> Resource:
        finding = self._finding
        observation: Resource = {
            "resourceType": "Observation",
            "status": finding.status,
            "category": [codes.LABORATORY],
            "code": code,
            "specimen": self._at("specimen"),
            "device": self._at("device"),
            "method": codes.concept(_text(f"{_METHOD} {finding.software}")),
            "note": [_note(RESEARCH_USE)],
        }
        return observation | self._signed("performer") | elements

    def _patterns(self) -> list[Resource]:
        finding = self._finding
        components = [
            {
                "code": codes.pattern_concept(name, self._icap),
                "valueQuantity": _quantity(probability, "probability", "1"),
            }
            for name, probability in finding.probabilities.items()
        ]
        elements = {"component": components} if components else {}
        if not finding.patterns:
            absent = codes.unknown(_text(finding.pattern_words))
            return [self._observation(codes.PATTERN, dataAbsentReason=absent, **elements)]
        return [
            self._observation(
                codes.PATTERN,
                valueCodeableConcept=codes.pattern_concept(name, self._icap),
                **elements,
            )
            for name in finding.patterns
        ]

    def _intensity(self) -> Resource | None:
        level = self._finding.intensity
        if level is None:
            return None
        value = codes.concept(level, codes.LOCAL_SYSTEM, level)
        return self._observation(codes.INTENSITY, valueCodeableConcept=value)

    def _titre(self) -> Resource | None:
        titre = self._finding.titre
        if titre is None:
            return None
        elements: Resource = {"note": [_note(RESEARCH_USE), _note(f"{self._finding.titre_text}.")]}
        elements["note"] += [_note(remark) for remark in titre.remarks]
        if titre.end_point is None:
            elements["dataAbsentReason"] = codes.unknown("no dilution could be decided")
        else:
            elements["valueQuantity"] = _dilution(titre.end_point)
            if titre.relation in ("<", ">="):
                elements["valueQuantity"]["comparator"] = titre.relation
        components = _curve(titre)
        return self._observation(
            codes.TITRE, **elements, **({"component": components} if components else {})
        )

    def _specimen(self) -> Resource:
        finding = self._finding
        specimen: Resource = {
            "resourceType": "Specimen",
            "identifier": [{"value": _text(finding.specimen)}],
            "type": codes.SERUM,
        }
        if finding.serum:
            specimen["parent"] = [{"identifier": {"value": _text(finding.serum)}}]
        return specimen

    def _device(self) -> Resource:
        finding = self._finding
        device: Resource = {
            "resourceType": "Device",
            "displayName": _text(finding.software),
            "note": [_note(RESEARCH_USE)],
        }
        if finding.model:
            device["identifier"] = [
                {"type": codes.concept("hash of the model"), "value": finding.model}
            ]
        return device


def _curve(titre: Titre) -> list[Resource]:
    curve = titre.curve
    if curve is None:
        return []
    components: list[Resource] = [
        {"code": codes.CURVE, "valueQuantity": _dilution(round(curve.end_point, 1))}
    ]
    ends = {"low": curve.low, "high": curve.high}
    bounded = {end: _dilution(round(value, 1)) for end, value in ends.items() if value is not None}
    if bounded:
        components.append({"code": codes.INTERVAL, "valueRange": bounded})
    return components


def _conclusion(finding: Finding) -> str:
    """Return what was found in one line."""
    patterns = " and ".join(finding.patterns) or finding.pattern_words
    if not finding.patterns and finding.probabilities:
        patterns += f" ({', '.join(finding.probabilities)})"
    phrases = [patterns, f"intensity {finding.intensity}" if finding.intensity else ""]
    phrases.append(f"titre {finding.titre_text}" if finding.titre else "")
    return f"{'; '.join(filter(None, phrases))}. {RESEARCH_USE}"


def _dilution(factor: float) -> Resource:
    """Return a dilution as the number that titres are given as: 320 for 1:320."""
    return _quantity(factor, "titer", "{titer}")


def _quantity(value: float, unit: str, code: str) -> Resource:
    return {"value": round(value, 6), "unit": unit, "system": codes.UCUM, "code": code}


def _person(signature: Signature) -> Resource:
    person: Resource = {
        "resourceType": "Practitioner",
        "name": [{"text": _text(signature.name)}],
    }
    if signature.identifier:
        person["identifier"] = [{"value": _text(signature.identifier)}]
    return person


def _note(text: str) -> Resource:
    return {"text": _text(text)}


def _text(text: str) -> str:
    """Return a text as FHIR takes it: without control characters, and not empty."""
    return printable(text).strip() or "–"


def _instant(when: datetime.datetime) -> str:
    return when.isoformat(timespec="seconds")
