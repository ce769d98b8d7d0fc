"""Bundles as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from anascope.errors import InputError
from anascope.exchange._extras import needed
from anascope.exchange._finding import Finding
from anascope.exchange.fhir._bundle import to_bundle
from anascope.exchange.fhir._codes import ICAP_SYSTEM
from anascope.files import new_folder, write_json
from anascope.names import FolderNames


def write_bundles(
    findings: Iterable[Finding], out: str | Path, *, icap_system: str = ICAP_SYSTEM
) -> int:
    """Write a bundle of each finding into a new folder: ``SPECIMEN.json``.

    Args:
        findings: What to send; one at a time is in memory.
        out: The folder, new or empty; it appears whole or not at all.
        icap_system: As :func:`~anascope.exchange.fhir.to_bundle` takes it.

    Returns:
        How many were written.

    Raises:
        InputError: as :func:`~anascope.exchange.fhir.to_bundle`, and if the folder is not empty,
            or there is no finding.
    """
    needed("fhir.resources", "fhir", "FHIR")
    names, count = FolderNames(), 0
    with new_folder(Path(out)) as folder:
        for finding in findings:
            bundle = to_bundle(finding, icap_system=icap_system)
            write_json(folder / f"{names[finding.specimen]}.json", bundle)
            count += 1
        if count == 0:
            raise InputError(out, "nothing to write", "at least one specimen that is whole")
    return count
