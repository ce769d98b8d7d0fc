"""``anascope recipe``: make the weights that ship, from the sets that the user has."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli._log import logged
from anascope.cli._options import Accelerator, Commands
from anascope.cli._output import AsJson, print_json, print_line, print_table, tell

if TYPE_CHECKING:
    from anascope.recipe import Recipe
    from anascope.workers import Event

app = typer.Typer(
    cls=Commands,
    help="Train the bundled weights from the sets that you have.",
    no_args_is_help=True,
)

Start = Annotated[
    str | None,
    typer.Option(
        help="Continue from this model instead of training on drawn specimens first: "
        "a folder, or 's-drawn', which is bundled."
    ),
]
RecipeName = Annotated[str, typer.Option("--recipe", help="Name of a recipe, or a YAML file.")]


@app.command("run")
def run(
    data: Annotated[
        Path,
        typer.Argument(
            help="Folder with mivia-hep2, i3a-task1 and i3a-task2-fields, or at least one of them."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Work folder; finished steps in it are not repeated."),
    ],
    name: RecipeName = "s",
    network: Annotated[
        list[str] | None,
        typer.Option(
            help="Train only this network (listed by 'recipe networks'); may be repeated."
        ),
    ] = None,
    start: Start = None,
    jobs: Annotated[
        int,
        typer.Option(help="Number of trainings at the same time, which share the cores.", min=1),
    ] = 1,
    accelerator: Accelerator = "auto",
    as_json: AsJson = False,
) -> None:
    """Train a model from the sets in DATA and write it to OUT/model. Run it again to continue.

    The first training uses drawn specimens alone; --start skips it. One network then continues
    with all sets, and one more for each laboratory without that laboratory; these calibrate the
    model.
    """
    from anascope.models import read_card
    from anascope.recipe import (
        ALL,
        LABORATORIES,
        judged_by_left_out,
        left_out_rows,
        side_by_side,
        write_model,
    )

    recipe = opened(data, out, name, accelerator, start)
    left_out = [f"no-{laboratory}" for laboratory in LABORATORIES]
    chosen = network or [known for known in recipe.networks if known in (ALL, *left_out)]
    _ = recipe.start
    recipe.sets.everything()  # made once, by this process
    side_by_side(partial(train_network, data, out, name, accelerator, start), chosen, jobs)
    if network:
        _end({trained: str(recipe.model(trained)) for trained in network}, as_json)
        return
    model = out / "model"
    if not model.exists():
        card = read_card(recipe.model(ALL))
        rows = left_out_rows(recipe, accelerator=accelerator)
        write_model(recipe, judged_by_left_out(rows, card), model)
    _end({"model": str(model)}, as_json)
    if not as_json:
        print_line(f"next: anascope read SLIDES --out READINGS --model {shlex.quote(str(model))}")


@app.command("networks")
def networks(
    data: Annotated[Path, typer.Argument(help="Folder with the sets.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Work folder.")],
    name: RecipeName = "s",
    as_json: AsJson = False,
) -> None:
    """Show which networks a recipe can train, and which patients each of them leaves out."""
    recipe = opened(data, out, name, "cpu")
    sets = recipe.sets.names
    counts = {
        network: {of_set: len(recipe.tested(network, of_set)) for of_set in sets}
        for network in recipe.networks
    }
    if as_json:
        print_json(counts)
        return
    print_table(
        f"{recipe.settings.description}: fields that a network is tested on",
        ["network", *sets],
        [[network, *tested.values()] for network, tested in counts.items()],
    )


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name of a recipe, or a YAML file.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="YAML file to write, which you can edit.")
    ] = None,
) -> None:
    """Print a recipe with every key."""
    from anascope.errors import InputError
    from anascope.files import replacing
    from anascope.recipe import recipe_named
    from anascope.settings import as_yaml

    text = as_yaml(recipe_named(name))
    if out is None:
        print_line(text.rstrip())
        return
    if out.exists():
        raise InputError(out, "a file that is there already", "a new one")
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print_line(f"{out}: recipe {name}")


def opened(data: Path, out: Path, name: str, accelerator: str, start: str | None = None) -> Recipe:
    """Return a recipe, its work folder made where it is missing."""
    from anascope.environment import usable_cores
    from anascope.models import model_folder
    from anascope.recipe import Recipe, Sets, recipe_named, sets_in

    settings = recipe_named(name)
    paths = sets_in(data)
    out.mkdir(parents=True, exist_ok=True)
    return Recipe(
        settings,
        Sets(paths, settings.drawn, out, jobs=usable_cores()),
        out,
        accelerator,
        start=None if start is None else model_folder(start),
        command=["anascope", *sys.argv[1:]],
        watcher=logged(_tell_epoch),
    )


def train_network(
    data: Path, out: Path, name: str, accelerator: str, start: str | None, network: str
) -> None:
    """Train a network, in whichever process this is."""
    tell(f"{network}: training")
    opened(data, out, name, accelerator, start).model(network)
    tell(f"{network}: trained")


def _tell_epoch(event: Event) -> None:
    from anascope.training import EpochDone

    if isinstance(event, EpochDone):
        row, start = event.row, "train_loss_"
        losses = {key.removeprefix(start): row[key] for key in row if key.startswith(start)}
        listed = ", ".join(f"{task} {loss:.3f}" for task, loss in losses.items())
        tell(f"  epoch {row['epoch']:.0f} in {row['seconds']:.0f} s, losses: {listed}")


def _end(paths: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(paths)
        return
    for what, path in paths.items():
        print_line(f"{what}: {path}")
