"""What is sent of the specimens of a folder of results, with what a layout says of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anascope.errors import InputError
from anascope.exchange._finding import Finding, finding_of
from anascope.exchange._results import SpecimenResult, specimens_in
from anascope.exchange.plates._layout import Layout
from anascope.exchange.plates._titres import titres_of


def findings_in(
    folder: str | Path, layout: Layout | None = None, refused: list[InputError] | None = None
) -> Iterator[tuple[SpecimenResult, Finding]]:
    """Yield the specimens of a folder of results with what is sent of each: preliminary findings.

    With a layout a specimen has its serum, and the titre of a serum is sent once: with the well
    of its lowest dilution that was read.

    Args:
        folder: As :func:`~anascope.exchange.results_in` takes it.
        layout: Which specimen belongs to which serum, or None.
        refused: As :func:`~anascope.exchange.specimens_in` takes it.
    """
    sera, titres = {}, {}
    if layout is not None:
        # Told again below: what is damaged is told once.
        readings = {found.reading.specimen: found.reading for found in specimens_in(folder, [])}
        sera = {well.specimen: well.serum for well in layout.wells}
        for titre in titres_of(layout, readings.values()):
            read = [well.specimen for well in titre.titre.readings if well.specimen in readings]
            if read:
                titres[read[0]] = titre.titre
    for result in specimens_in(folder, refused):
        name = result.reading.specimen
        yield result, finding_of(result, titre=titres.get(name), serum=sera.get(name, ""))
