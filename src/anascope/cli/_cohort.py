"""``anascope cohort``: import, show, check; synthesize and gallery have files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli import _gallery, _synthesize
from anascope.cli._options import Commands, height_and_width
from anascope.cli._output import AsJson, print_json, print_line, print_table, progress, warn

if TYPE_CHECKING:
    from anascope.cohorts import Cohort, LabelCount, Source, Summary

app = typer.Typer(
    cls=Commands,
    help="Import, draw, merge, show and check cohorts of images.",
    no_args_is_help=True,
)

_FORMATS = "mivia, i3a-task1, i3a-task2, i3a-fields or table"
_SHOWN = 10  # lines of one sort that a person reads; --json gives all


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="Folder or table to import.")],
    destination: Annotated[Path, typer.Argument(help="New folder to write.")],
    format_name: Annotated[str, typer.Option("--format", help=f"Layout of SOURCE: {_FORMATS}.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out bad items, and list them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import SOURCE as a prepared cohort into the new folder DESTINATION."""

    from anascope.cohorts import open_source

    opened = open_source(source, format_name)
    cohort = _imported(opened, destination, format_name, "importing", skip_bad=skip_bad)
    info = cohort.info
    for line in info.left_out:
        warn(f"left out: {line}")
    for line in _shortened(info.warnings):
        warn(f"warning: {line}")
    if as_json:
        print_json(info.model_dump())
    else:
        print_line(f"{destination}: {len(cohort)} fields, {len(info.left_out)} left out")


@app.command("merge")
def merge(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="New folder to write.")],
    cohorts: Annotated[list[Path], typer.Argument(help="Two or more prepared cohorts.")],
    as_json: AsJson = False,
) -> None:
    """Merge COHORTS into one cohort DEST, so that one network can learn from all of them.

    Fields, patients and specimens are renamed COHORT/NAME, after the folders of the cohorts.
    """

    from anascope.cohorts import Cohort, MergedSource, merged_names

    opened = {name: Cohort.open(path) for name, path in merged_names(cohorts).items()}
    cohort = _imported(MergedSource(opened, destination.name), destination, "merged", "merging")
    if as_json:
        print_json(cohort.info.model_dump())
    else:
        print_line(f"{destination}: {len(cohort)} fields of {len(opened)} cohorts")


@app.command("mosaic")
def mosaic(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="New folder to write.")],
    cells: Annotated[Path, typer.Argument(help="Prepared cohort of single cells with masks.")],
    shape: Annotated[
        str, typer.Option(metavar="HxW", help="Height and width of a field, in pixels.")
    ] = "480x640",
    seed: Annotated[int, typer.Option(help="Seed of the positions and rotations.")] = 0,
    fields: Annotated[
        int, typer.Option(help="Number of fields per specimen, where specimens are known.")
    ] = 4,
    as_json: AsJson = False,
) -> None:
    """Arrange the single cells of CELLS in fields with background, neighbours and overlaps.

    Each cell is placed once, beside cells of its specimen or, where that is unknown, its pattern.
    """

    from anascope.cohorts import Cohort, MosaicSource

    source = MosaicSource(
        Cohort.open(cells),
        height_and_width(shape),
        seed=seed,
        fields_a_specimen=fields,
        name=destination.name,
    )
    cohort = _imported(source, destination, "mosaic", "laying")
    for line in source.notes:
        warn(f"warning: {line}")
    if as_json:
        print_json(cohort.info.model_dump())
    else:
        print_line(f"{destination}: {len(cohort)} fields of single cells")


@app.command("show")
def show(
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    as_json: AsJson = False,
) -> None:
    """Show what COHORT contains and what it lacks."""
    from anascope.cohorts import Cohort, summarise

    summary = summarise(Cohort.open(cohort))
    if as_json:
        print_json(_as_dict(summary))
        return
    print_line(
        f"{summary.name}: {summary.fields} fields, {summary.patients or 'no known'} patients, "
        f"{summary.specimens or 'no known'} specimens"
    )
    print_line(f"source: {summary.source} ({summary.source_format})")
    print_line(f"fingerprint: {summary.fingerprint}")
    print_line(f"image sizes: {_sizes(summary)}")
    missing = [f"{label} in {count}" for label, count in summary.missing.items() if count]
    print_line(f"missing: {', '.join(missing) or 'nothing'}")
    if summary.patterns:
        _print_labels("Patterns", summary.patterns, with_codes=True)
    if summary.intensities:
        _print_labels("Intensities", summary.intensities, with_codes=False)
    if summary.published is not None:
        rows = [
            [row.what, row.published, row.found, "yes" if row.ok else "no"]
            for row in summary.published
        ]
        print_table("Published counts", ["", "published", "found", "ok"], rows)
    if summary.published_note is not None:
        print_line(summary.published_note)
    for title, lines in (("left out", summary.left_out), ("warning", summary.warnings)):
        for line in _shortened(lines):
            print_line(f"{title}: {line}")


@app.command("check")
def check(
    path: Annotated[Path, typer.Argument(help="Prepared cohort, or a source with --format.")],
    format_name: Annotated[
        str | None, typer.Option("--format", help=f"Layout of a source: {_FORMATS}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check PATH for faults without changing anything. Exit status 1 if there is an error."""
    from dataclasses import asdict

    from anascope.cohorts import Cohort, Severity, check_cohort, check_source, open_source

    opened: Cohort | Source
    if format_name is None:
        opened = Cohort.open(path, check=False)  # which would stop at the first finding
    else:
        opened = open_source(path, format_name)
    with progress("checking", len(opened)) as bar:

        def advance() -> None:
            bar.advance(bar.task_ids[0])

        if isinstance(opened, Cohort):
            findings = list(check_cohort(opened, on_field=advance))
        else:
            findings = list(check_source(opened, on_field=advance))
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    if as_json:
        print_json(
            {
                "path": str(path),
                "fields": len(opened),
                "errors": errors,
                "warnings": warnings,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        for finding in findings:
            print_line(f"{finding.severity}: {finding.kind}: {finding}")
        print_line(f"{path}: {len(opened)} fields checked, {errors} errors, {warnings} warnings")
    if errors:
        raise typer.Exit(1)


app.command("synthesize")(_synthesize.synthesize)
app.command("gallery")(_gallery.gallery)


def _as_dict(summary: Summary) -> dict[str, Any]:
    from dataclasses import asdict

    values = asdict(summary)
    if summary.published is not None:
        values["published"] = [asdict(row) | {"ok": row.ok} for row in summary.published]
    return values


def _sizes(summary: Summary) -> str:
    if len(summary.sizes) <= _SHOWN:
        return ", ".join(f"{size.width}×{size.height} ({size.fields})" for size in summary.sizes)
    widths = [size.width for size in summary.sizes]
    heights = [size.height for size in summary.sizes]
    return (
        f"{len(summary.sizes)} sizes, widths {min(widths)} to {max(widths)}, "
        f"heights {min(heights)} to {max(heights)}"
    )


def _print_labels(title: str, counts: Sequence[LabelCount], *, with_codes: bool) -> None:
    columns = ["", *(["ICAP"] if with_codes else []), "patients", "specimens", "fields"]
    rows = [
        [
            count.label,
            *([", ".join(count.codes)] if with_codes else []),
            count.patients,
            count.specimens,
            count.fields,
        ]
        for count in counts
    ]
    print_table(title, columns, rows)


def _shortened(lines: Sequence[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    if len(lines) <= _SHOWN:
        return list(lines)
    return [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more; cohort.json lists them all"]


def _imported(
    source: Source, destination: Path, source_format: str, doing: str, *, skip_bad: bool = False
) -> Cohort:
    """Import with a bar that says what is being done."""
    from anascope.cohorts import import_cohort

    with progress(doing, len(source)) as bar:
        return import_cohort(
            source,
            destination,
            source_format=source_format,
            skip_bad=skip_bad,
            on_field=lambda: bar.advance(bar.task_ids[0]),
        )
