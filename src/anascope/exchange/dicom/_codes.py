"""Codes of DICOM, the texts that its attributes can hold, and identifiers.

DICOM names no coding scheme for the AC codes of ICAP. Schemes whose names begin with ``99`` are
private: ICAP's codes stand in ``99ICAP``, what has no public code in ``99ANASCOPE``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from anascope.errors import printable
from anascope.exchange._extras import needed
from anascope.files import sha256_of
from anascope.names import safe_name
from anascope.words import pattern_named

MAKER = "anascope"
ICAP, LOCAL = "99ICAP", "99ANASCOPE"
_LONGEST = 64  # letters of a short text (LO)


def library(module: str) -> Any:
    """Return a module of highdicom or pydicom.

    Raises:
        InputError: if they are not installed.
    """
    return needed(module, "dicom", "DICOM")


@cache
def concept(value: str, scheme: str, meaning: str) -> Any:
    """Return a coded concept."""
    return library("highdicom.sr").CodedConcept(value, scheme, meaning)


def local(value: str, meaning: str) -> Any:
    """Return a coded concept that no public scheme has."""
    return concept(value, LOCAL, meaning)


def snomed(name: str) -> Any:
    """Return a concept of SNOMED CT by its name in pydicom."""
    code = getattr(library("pydicom.sr.codedict").codes.SCT, name)
    return concept(code.value, "SCT", code.meaning)


def pattern_concept(name: str) -> Any:
    """Return a pattern: its ICAP code, or of a family a private one."""
    pattern = pattern_named(name)
    if pattern.code is not None:
        return concept(pattern.code, ICAP, pattern.name)
    return local(pattern.name.replace(" ", "-")[:16], pattern.name)


def label(text: str) -> str:
    """Return a text as an attribute of DICOM can hold it: 64 letters, none of which acts.

    A text that had to be changed gets a mark made from what it was.
    """
    shown = printable(text).strip()
    if 0 < len(shown) <= _LONGEST and shown == text and "\\" not in shown:
        return shown
    return f"{safe_name(text)[: _LONGEST - 9]}-{sha256_of(text.encode('utf-8', 'replace'))[:8]}"


def uid(*parts: str) -> Any:
    """Return an identifier: always the same of some parts, a new one of none."""
    return library("pydicom.uid").generate_uid(entropy_srcs=list(parts) or None)
