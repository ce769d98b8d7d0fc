"""``anascope cohort``: import, show, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._output import AsJson, print_json, print_line, progress, warn

app = typer.Typer(help="Import cohorts of images, look at them, check them.", no_args_is_help=True)


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="Folder or table to import.")],
    destination: Annotated[Path, typer.Argument(help="Folder to make.")],
    format_name: Annotated[str, typer.Option("--format", help="Layout of the source.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad items out and list them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import SOURCE as a prepared cohort into the new folder DESTINATION."""
    from dataclasses import asdict

    from anascope.cohorts import import_cohort, open_source

    opened = open_source(source, format_name)
    with progress("importing", len(opened)) as bar:
        cohort = import_cohort(
            opened,
            destination,
            source_format=format_name,
            skip_bad=skip_bad,
            on_field=lambda: bar.advance(bar.task_ids[0]),
        )
    for line in cohort.info.left_out:
        warn(f"left out: {line}")
    if as_json:
        print_json(asdict(cohort.info))
    else:
        print_line(f"{destination}: {len(cohort)} fields, {len(cohort.info.left_out)} left out")
