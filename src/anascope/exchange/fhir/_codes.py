"""Codes of FHIR, and the names of the systems that they are from.

Neither ICAP nor HL7 has given the AC codes a name that FHIR could use (a URI of a code system), as
far as is known. A code without its system says nothing, so that one stands here that nobody else
can have: a UUID made from the address of ICAP's site. A laboratory whose partners have agreed on
another says that instead.
"""

from __future__ import annotations

from typing import Any

from anascope.words import pattern_named

ICAP_SYSTEM = "urn:uuid:f4640f9e-9149-5321-8cbf-67a39fada872"
"""Of the codes AC-0 to AC-31: version 5 of the URL ``https://www.anapatterns.org/``."""

LOCAL_SYSTEM = "urn:uuid:e564fca4-6418-53a9-b40d-a6d764e667df"
"""Of what no public system has a code for, levels of intensity and curves of titres: version 5 of
the name ``anascope`` among URLs."""

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"

Concept = dict[str, Any]


def concept(text: str, system: str = "", code: str = "", display: str = "") -> Concept:
    """Return a CodeableConcept: a text, and a code where there is one."""
    if not code:
        return {"text": text}
    coding = {"system": system, "code": code, "display": display or text}
    return {"coding": [coding], "text": text}


def pattern_concept(name: str, icap: str) -> Concept:
    """Return a pattern: with its code where it has one; families have none.

    Args:
        name: Of the pattern, or its ICAP code.
        icap: The system of the codes.
    """
    pattern = pattern_named(name)
    return concept(pattern.name, icap, pattern.code or "")


REPORT = concept("Antinuclear antibodies by indirect immunofluorescence on HEp-2 cells")
PATTERN = concept(
    "Pattern of antinuclear antibodies",
    LOINC,
    "13068-2",
    "Nuclear Ab pattern [Interpretation] in Serum by Immunofluorescence",
)
TITRE = concept(
    "Titre of antinuclear antibodies",
    LOINC,
    "5048-4",
    "Nuclear Ab [Titer] in Serum by Immunofluorescence",
)
INTENSITY = concept("Fluorescence intensity", LOCAL_SYSTEM, "intensity")
CURVE = concept("End point by a fitted curve, an estimate", LOCAL_SYSTEM, "titre-curve")
INTERVAL = concept("Its interval", LOCAL_SYSTEM, "titre-curve-interval")

LABORATORY = concept("Laboratory", f"{_TERMINOLOGY}/observation-category", "laboratory")
IMMUNOLOGY = concept("Immunology", f"{_TERMINOLOGY}/v2-0074", "IMM")
SERUM = concept("Serum", f"{_TERMINOLOGY}/v2-0487", "SER")


def unknown(why: str) -> Concept:
    """Return why there is no value: it exists, and is not known."""
    return concept(why, f"{_TERMINOLOGY}/data-absent-reason", "unknown", "Unknown")
