"""The document of a signed specimen: one page of PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anascope._version import __version__
from anascope.desk.review import Result, SpecimenView
from anascope.desk.web._fields import folder_of
from anascope.documents import typst_files, write_typeset
from anascope.errors import InputError
from anascope.images import STRETCH_RULE
from anascope.reading.results import intensity_word, pattern_word
from anascope.words import RESEARCH_USE, pattern_named

_PICTURES = 4
_HASHES = 6


def write_signed(found: SpecimenView, path: Path) -> None:
    """Write the document of a signed specimen, whole or not at all.

    Args:
        found: The specimen.
        path: The file to write.

    Raises:
        InputError: if it is not signed, or a picture is damaged.
    """
    signed = found.signed_result
    if signed is None:
        raise InputError(f"specimen '{found.name}'", "is not signed", "a signed result")
    pictures: dict[str, bytes] = {}
    captions: list[str] = []
    for field in found.read.fields[:_PICTURES]:
        try:
            picture = (folder_of(found, field) / "thumbnail.jpg").read_bytes()
        except OSError:  # the folder of results may be gone; what was signed stays
            continue
        pictures[f"{len(captions)}.jpg"] = picture
        captions.append(field.name)
    content = _content(found, signed) | {"fields": captions}
    write_typeset(typst_files("anascope.desk.web", "signed.typ", content, pictures), path)


def _content(found: SpecimenView, signed: Result) -> dict[str, Any]:
    finding, decision = signed.finding, found.read.specimen.decision
    codes = [code for name in finding.patterns for code in pattern_named(name).codes]
    facts = [
        ("Intensity", finding.intensity or "not said"),
        ("Titre", f"1:{finding.titre}" if finding.titre else "not said"),
        ("Version", _version(found, signed)),
        ("Read as", f"{pattern_word(decision)}; {intensity_word(decision)}"),
        ("Fields", str(len(found.read.fields))),
    ]
    if finding.cells:
        facts.append(("Cells struck out or renamed", str(len(finding.cells))))
    if signed.reason:
        facts.append(("Reason of the change", signed.reason))
    images = [f"{field.name}: {field.sha256}" for field in found.read.fields if field.sha256]
    shown = images[:_HASHES]
    if len(images) > _HASHES:
        shown.append(f"and {len(images) - _HASHES} more")
    return {
        "specimen": found.name,
        "result": finding.label,
        "codes": ", ".join(codes),
        "facts": facts,
        "comment": finding.comment,
        "signatures": [f"{given.shown}, {_moment(given.at)}" for given in signed.signatures],
        "images": shown,
        "model": found.read.model,
        "software": f"anascope {__version__}",
        "rule": STRETCH_RULE,
        "notice": RESEARCH_USE,
        "date": signed.signatures[-1].at[:10] if signed.signatures else "",
    }


def _version(found: SpecimenView, signed: Result) -> str:
    if found.latest is not None and found.latest.number > signed.number:
        return f"{signed.number}; version {found.latest.number} is not signed yet"
    return str(signed.number)


def _moment(stamp: str) -> str:
    return f"{stamp[:10]} {stamp[11:19]} UTC"
