"""``anascope results``: what was read, for other systems, and as the plate that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._options import Commands
from anascope.cli._output import AsJson, console, print_json, print_line, warn

if TYPE_CHECKING:
    from anascope.errors import InputError
    from anascope.exchange.plates import Layout, PlateView, WellView

app = typer.Typer(
    cls=Commands,
    help="Send results to other systems, or show them as a plate.",
    no_args_is_help=True,
)

Results = Annotated[Path, typer.Argument(help="Folder of results that anascope read has written.")]
Plate = Annotated[
    Path | None,
    typer.Option(
        help="Table of wells: columns well, specimen and, if known, serum, dilution and control."
    ),
]
PlateTable = Annotated[
    Path,
    typer.Argument(
        help="Table of wells: columns well, specimen and, if known, serum, dilution and control."
    ),
]
_New = Annotated[Path, typer.Argument(help="New folder to write.")]


@app.command("fhir")
def fhir(
    results: Results,
    out: _New,
    plate: Plate = None,
    icap_system: Annotated[
        str | None,
        typer.Option(help="URI of the code system of the AC codes [default: that of anascope]."),
    ] = None,
) -> None:
    """Write an HL7 FHIR R5 bundle for each specimen of RESULTS into OUT.

    Each bundle holds a preliminary DiagnosticReport, because nobody has signed it, and its
    Observations. With --plate it also states the serum and its titre.
    """
    from anascope.exchange.fhir import ICAP_SYSTEM, write_bundles
    from anascope.exchange.plates import findings_in

    with telling() as refused:
        findings = (finding for _, finding in findings_in(results, _layout(plate), refused))
        system = ICAP_SYSTEM if icap_system is None else icap_system
        count = write_bundles(findings, out, icap_system=system)
        print_line(f"{out}: {count} specimens")


@app.command("dicom")
def dicom(
    results: Results,
    out: _New,
    plate: Plate = None,
    cells: Annotated[
        str,
        typer.Option(
            help="binary (all cells as one segment, for every viewer) or labelmap (each cell as "
            "one)."
        ),
    ] = "binary",
) -> None:
    """Write DICOM segmentations of the cells and a structured report for each specimen of RESULTS.

    The images must still be where they were read. Images in other formats are also written as
    DICOM.
    """
    from anascope.errors import InputError, did_you_mean
    from anascope.exchange.dicom import SegmentationKind, write_folder
    from anascope.exchange.plates import findings_in

    kinds: dict[str, SegmentationKind] = {"binary": "binary", "labelmap": "labelmap"}
    if cells not in kinds:
        raise InputError("--cells", f"'{cells}'", did_you_mean(cells, kinds))
    with telling() as refused:
        found = findings_in(results, _layout(plate), refused)
        count = write_folder(found, out, kind=kinds[cells], refused=refused)
        print_line(f"{out}: {count} specimens")


@app.command("plate")
def plate_(
    results: Results,
    plate: PlateTable,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV file to write, with 8 rows and 12 columns."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show RESULTS as the plate that PLATE describes: 8 rows of 12 wells.

    Controls with an unexpected result are listed, and so are specimens that are in no well.
    """
    from anascope.exchange import specimens_in
    from anascope.exchange.plates import plate_view, read_layout

    layout = read_layout(plate)
    with telling() as refused:
        view = plate_view(layout, (each.reading for each in specimens_in(results, refused)))
        _show(view, out, as_json)


def _show(view: PlateView, out: Path | None, as_json: bool) -> None:
    from anascope.exchange.plates import to_csv, to_text
    from anascope.files import write_text

    if out is not None:
        write_text(out, to_csv(view))
    if as_json:
        print_json(
            {
                "wells": [_as_dict(well) for row in view.rows for well in row if well is not None],
                "controls_that_fail": list(view.failed),
                "not_in_layout": list(view.not_in_layout),
            }
        )
    else:
        typer.echo(to_text(view, console.width), nl=False)
    if view.failed:
        warn(f"controls with an unexpected result: {', '.join(view.failed)}")
    if view.not_in_layout:
        warn(f"{len(view.not_in_layout)} specimens are in no well, such as {view.not_in_layout[0]}")


def _layout(plate: Path | None) -> Layout | None:
    """Return the layout that a table says, or None without one."""
    from anascope.exchange.plates import read_layout

    return None if plate is None else read_layout(plate)


def _as_dict(view: WellView) -> dict[str, Any]:
    well = view.well
    return {
        "well": well.name,
        "specimen": well.specimen,
        "serum": well.serum,
        "dilution": well.dilution,
        "control": None if well.control is None else well.control.value,
        "pattern": view.pattern,
        "intensity": view.intensity,
        "flagged": view.flagged,
        "as_control": view.as_control,
    }


@contextmanager
def telling() -> Iterator[list[InputError]]:
    """Give a list for what is left out, and say of each why, however the body ends.

    Exit status 1 if anything is left out.
    """
    left_out: list[InputError] = []
    try:
        yield left_out
    finally:
        for error in left_out:
            warn(f"left out: {error}")
    if left_out:
        raise typer.Exit(1)
