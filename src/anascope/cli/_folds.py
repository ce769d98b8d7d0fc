"""``anascope folds``: draw patient-wise folds, look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._options import Commands
from anascope.cli._output import AsJson, print_json, print_line, print_table, warn
from anascope.defaults import FOLD_COUNT, SEED, VALIDATION_SHARE
from anascope.records import SPLITS

app = typer.Typer(cls=Commands, help="Draw and show patient-wise folds.", no_args_is_help=True)


@app.command("draw")
def draw(
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON file to write.")],
    count: Annotated[int, typer.Option(help="Number of folds.")] = FOLD_COUNT,
    seed: Annotated[int, typer.Option(help="Seed of the draw.")] = SEED,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="Shuffle only, without stratification, as the published study did."
        ),
    ] = False,
    validation_share: Annotated[
        float, typer.Option(help="Share of the training patients that is used for validation.")
    ] = VALIDATION_SHARE,
    gap: Annotated[
        int | None,
        typer.Option(
            help="Number of fields left out on each side of a border between two specimens in "
            "different sets, where patients are unknown [default: as the cohort states]."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw folds of COHORT and write them as JSON that can be edited."""
    from anascope.cohorts import Cohort
    from anascope.cohorts.folds import draw_folds, write_folds
    from anascope.errors import InputError

    opened = Cohort.open(cohort)
    if out.exists():
        raise InputError(out, "exists already", "a new file: edited folds are not overwritten")
    plan = draw_folds(
        opened,
        count=count,
        seed=seed,
        draw="plain" if plain else "stratified",
        validation_share=validation_share,
        gap=gap,
    )
    write_folds(plan, out)
    show(cohort, out, as_json)


@app.command("show")
def show(
    cohort: Annotated[Path, typer.Argument(help="Prepared cohort.")],
    folds: Annotated[Path, typer.Argument(help="JSON file of folds.")],
    as_json: AsJson = False,
) -> None:
    """Show which patients each fold of FOLDS has, and check them against COHORT."""
    from dataclasses import asdict

    from anascope.cohorts import Cohort
    from anascope.cohorts.folds import (
        count_folds,
        read_folds,
        untrained_classes,
        untrained_line,
    )

    opened = Cohort.open(cohort)
    plan = read_folds(folds)
    plan.check_against(opened.fields)
    rows = count_folds(plan, opened.fields)
    untrained = [untrained_classes(fold, opened.fields) for fold in plan.folds.values()]
    for of_fold in filter(None, untrained):
        warn(untrained_line(of_fold))
    if as_json:
        found = [asdict(each) for of_fold in untrained for each in of_fold]
        print_json({"folds": rows, "draw": plan.draw, "seed": plan.seed, "untrained": found})
        return
    names = list(plan.folds)
    sets = {(row["fold"], row["set"]): row for row in rows}
    print_table(
        "Patients",
        ["fold", *SPLITS],
        [[name, *(sets[name, split]["patients"] for split in SPLITS)] for name in names],
    )
    classes = [key for key in rows[0] if key not in ("fold", "set", "patients", "fields")]
    print_table(
        "Test fields by class and fold",
        ["", *names],
        [[key, *(sets[name, "test"][key] for name in names)] for key in classes],
    )
    print_line(f"{plan.draw} draw, seed {plan.seed}; no patient is in two sets of a fold")
