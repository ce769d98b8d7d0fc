"""``anascope read``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._options import (
    Accelerator,
    Address,
    ExecutorName,
    Threads,
    executor_named,
)
from anascope.cli._output import AsJson, errors, print_json, print_line, print_table, warn
from anascope.csv_text import without_mark
from anascope.defaults import COVERAGE
from anascope.words import RESEARCH_USE

if TYPE_CHECKING:
    from anascope.reading.batch import BatchSummary
    from anascope.workers import Event, Watcher

_SHOWN = 20  # specimens and refusals that a person reads; the files have all


def read(
    images: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or patterns; - for a list on standard input."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of results.")] = Path("reading"),
    pixel_size_um: Annotated[
        float | None,
        typer.Option(help="Of images that do not say theirs, in micrometres."),
    ] = None,
    specimen: Annotated[
        str | None,
        typer.Option(help="What makes a specimen: folder, file or pattern:REGEX."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            help="CSV, Excel or Parquet: columns image, specimen and, if known, pixel_size_um."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Folder of a model, or one of the package's by name [default: s]."),
    ] = None,
    coverage: Annotated[
        float, typer.Option(help="How often the set of patterns is to hold the right one.")
    ] = COVERAGE,
    sheets: Annotated[bool, typer.Option(help="Write a PDF for each specimen.")] = True,
    engine: Annotated[str, typer.Option(help="auto, onnxruntime or torch.")] = "auto",
    accelerator: Accelerator = "cpu",
    threads: Threads = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait while another process writes the folder --out.")
    ] = False,
    executor: ExecutorName = "local",
    address: Address = None,
    cpus: Annotated[float, typer.Option(help="ray: CPU cores of each worker.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Read IMAGES: cells, pattern and intensity of every specimen, for research use.

    Writes tables, masks, outlines, pictures and a report into the folder --out, each specimen as
    soon as it is done. Started again it goes on where it stopped, and reads anew what has changed.
    Exit status 1 if anything could not be read; all else is read all the same.
    """
    from anascope.errors import InputError
    from anascope.reading import find_images
    from anascope.reading.batch import ReaderSettings, read_batch
    from anascope.workers import RayCluster, ThisProcess

    if not images and table is None:
        raise InputError("images", "none", "files, folders, patterns, or --table")
    inputs = find_images(images or [], specimen=specimen, table=table)
    settings = ReaderSettings(
        model=model,
        engine=engine,
        accelerator=accelerator,
        threads=max(1, int(cpus)) if threads is None and executor == "ray" else threads,
        coverage=coverage,
        pixel_size_um=pixel_size_um,
        sheets=sheets,
    )
    with (
        executor_named(
            executor, local=ThisProcess, ray=lambda: RayCluster(address=address, cpus=cpus)
        ) as readers,
        _progress() as watcher,
    ):
        done = read_batch(inputs, out, settings, executor=readers, wait=wait, watcher=watcher)
    for name, other in done.renamed.items():
        warn(f"specimen {name} is called {other} here: {out} has another {name}")
    for refusal in done.not_read[:_SHOWN]:
        warn(f"not read: {refusal.source}: {refusal.reason}")
    if len(done.not_read) > _SHOWN:
        warn(f"and {len(done.not_read) - _SHOWN} more; {out / 'reading.json'} lists them all")
    if as_json:
        print_json(_as_dict(done))
    else:
        _print_specimens(done)
        kept = f", {done.kept} kept" if done.kept else ""
        print_line(
            f"{out}: {done.specimens} specimens, {done.fields} fields read now{kept}, "
            f"{len(done.not_read)} not read"
        )
        if done.estimated:
            print_line(
                f"pixel size estimated from the picture: {done.estimated} of {done.fields} fields; "
                "fields.csv says how sure each is, and --pixel-size-um says it where it is known"
            )
        print_line(f"next: open {out / 'report.html'} in a browser")
    if done.not_read:
        raise typer.Exit(1)


def _print_specimens(done: BatchSummary) -> None:
    from anascope.decisions import NOT_CALIBRATED

    table = done.out / "specimens.csv"
    with table.open(encoding="utf-8", newline="") as file:
        first = list(islice(csv.DictReader(file), _SHOWN))
    rows = [
        [
            without_mark(row["specimen"]),
            row["pattern"],
            row["codes"].replace("; ", ", "),
            f"{row['likeliest']} {float(row['likeliest_probability']):.2f}",
            row["intensity"],
            int(row["cells"]),
            int(row["flagged"]),
        ]
        for row in first
    ]
    columns = ["specimen", "pattern", "ICAP", "likeliest", "intensity", "cells", "fields flagged"]
    print_table(RESEARCH_USE, columns, rows)
    if any(row["calibrated"] == "False" for row in first):
        print_line(
            f"{NOT_CALIBRATED}: probabilities are the network's own, and no set of patterns is "
            "given; anascope calibrate measures them on your patients"
        )
    if done.specimens > _SHOWN:
        print_line(f"and {done.specimens - _SHOWN} more: {table}")


def _as_dict(done: BatchSummary) -> dict[str, Any]:
    return {
        "out": str(done.out),
        "specimens": done.specimens,
        "fields_read": done.fields,
        "pixel_sizes_estimated": done.estimated,
        "fields_kept": done.kept,
        "images_read_anew": dict(done.anew),
        "not_read": [{"source": image.source, "reason": image.reason} for image in done.not_read],
        "seconds": done.seconds,
    }


@contextmanager
def _progress() -> Iterator[Watcher]:
    """Show a bar of images, with how many are read in a second and the time that is left."""
    from anascope.cli._output import progress
    from anascope.reading.batch import BatchBegan, FolderInUse, SpecimenEnded

    with progress("reading", None, unit="images") as bar:
        task = bar.task_ids[0]

        def watch(event: Event) -> None:
            if isinstance(event, BatchBegan):
                if event.done:
                    line = f"{event.done} of {event.files} images are read already"
                    errors.print(line, highlight=False)
                if event.anew:
                    reasons = ", ".join(f"{count} {why}" for why, count in event.anew.items())
                    line = f"{sum(event.anew.values())} images are read anew: {reasons}"
                    errors.print(line, highlight=False)
                bar.update(task, total=event.files - event.done)
            elif isinstance(event, SpecimenEnded):
                bar.advance(task, event.files)
            elif isinstance(event, FolderInUse):
                warn(f"{event.out}: waits for {event.holder}")

        yield watch
