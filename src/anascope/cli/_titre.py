"""``anascope titre``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._output import AsJson, print_json, print_table
from anascope.cli._results import PlateTable, Results, telling


def titre(
    results: Results,
    plate: PlateTable,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="CSV file to write, with one row per serum.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Estimate from RESULTS the titre of each serum that PLATE lists at several dilutions.

    The end point is the last positive dilution; a curve fitted to the wells gives an interval.
    Whatever casts doubt on an estimate is stated beside it.
    """
    from anascope.errors import InputError
    from anascope.exchange import specimens_in
    from anascope.exchange.plates import read_layout, titre_rows, titres_of, titres_to_csv
    from anascope.files import write_text
    from anascope.settings import as_plain
    from anascope.titre import ESTIMATE
    from anascope.words import RESEARCH_USE

    layout = read_layout(plate)
    if not layout.sera():
        raise InputError(plate, "no patient's serum with a dilution", "dilutions, such as 1:80")
    with telling() as refused:
        titres = titres_of(layout, (each.reading for each in specimens_in(results, refused)))
        if out is not None:
            write_text(out, titres_to_csv(titres))
        if as_json:
            print_json([{"serum": each.serum, **as_plain(each.titre)} for each in titres])
        else:
            columns, rows = titre_rows(titres)
            title = f"Titres: {ESTIMATE}. {RESEARCH_USE}"
            print_table(title, columns, rows, spared=["wells", "curve"])
