"""The tree of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from anascope._version import __version__
from anascope.cli import (
    _adapt,
    _calibrate,
    _cohort,
    _desk,
    _evaluate,
    _export,
    _folds,
    _read,
    _recipe,
    _results,
    _study,
    _titre,
    _train,
)
from anascope.cli._options import Commands
from anascope.words import RESEARCH_USE

app = typer.Typer(
    name="anascope",
    cls=Commands,
    help="Read HEp-2 immunofluorescence images: cells, staining pattern, intensity. "
    f"{RESEARCH_USE}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(_cohort.app, name="cohort")
app.add_typer(_folds.app, name="folds")
app.add_typer(_study.app, name="study")
app.add_typer(_recipe.app, name="recipe")
app.add_typer(_results.app, name="results")
app.add_typer(_desk.app, name="desk")
app.command("read")(_read.read)
app.command("titre")(_titre.titre)
app.command("train")(_train.train)
app.command("evaluate")(_evaluate.evaluate)
app.command("calibrate")(_calibrate.calibrate)
app.command("adapt")(_adapt.adapt)
app.command("export")(_export.export)


def _show_version(version: bool) -> None:
    if version:
        typer.echo(f"anascope {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass
