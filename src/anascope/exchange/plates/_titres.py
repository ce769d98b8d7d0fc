"""The titres of the sera on a plate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anascope.csv_text import marked
from anascope.decisions import AND
from anascope.exchange._positive import is_positive
from anascope.exchange.plates._layout import Layout, Well
from anascope.reading import NOT_EVALUABLE, SpecimenReading
from anascope.titre import DilutionReading, Titre, titre_of

_COLUMNS = ("serum", "titre", "curve", "wells", "remarks")


@dataclass(frozen=True, slots=True)
class SerumTitre:
    """The titre of one serum.

    Attributes:
        serum: Whose it is.
        titre: It.
    """

    serum: str
    titre: Titre


def titres_of(layout: Layout, readings: Iterable[SpecimenReading]) -> tuple[SerumTitre, ...]:
    """Return the titre of each serum of a layout that has a dilution.

    Args:
        layout: Which wells belong to one serum.
        readings: What was read; specimens that are not in the layout are passed over, and of a
            well without one it is said that it was not read.
    """
    wanted = {well.specimen for wells in layout.sera().values() for well in wells}
    by_name = {reading.specimen: reading for reading in readings if reading.specimen in wanted}
    return tuple(
        SerumTitre(serum, titre_of(_reading(well, by_name) for well in wells))
        for serum, wells in layout.sera().items()
    )


def titre_rows(titres: Iterable[SerumTitre]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return titres as a table in words: its columns, and a row a serum."""
    return _COLUMNS, [
        [
            titre.serum,
            titre.titre.text,
            titre.titre.curve_text,
            str(len(titre.titre.readings)),
            "; ".join(titre.titre.remarks),
        ]
        for titre in titres
    ]


def titres_to_csv(titres: Iterable[SerumTitre]) -> str:
    """Return titres as CSV, a row a serum, no text of it a formula."""
    columns, rows = titre_rows(titres)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([marked(text) for text in row] for row in rows)
    return file.getvalue()


def _reading(well: Well, by_name: Mapping[str, SpecimenReading]) -> DilutionReading:
    """Return what a well says of its serum."""
    reading = by_name.get(well.specimen)
    positive, probability, why, pattern = None, None, "not read", ""
    if reading is not None and reading.decision is None:
        why = NOT_EVALUABLE
    elif reading is not None and reading.decision is not None:
        positive, probability = is_positive(reading.decision)
        why = "" if positive is not None else "pattern and intensity disagree"
        if probability is None:
            why = "the model does not predict negative"
        pattern = AND.join(reading.decision.present)  # nothing of what is undecided
    return DilutionReading(well.dilution or 1.0, positive, probability, well.specimen, why, pattern)
