"""``anascope read``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._config import Config
from anascope.cli._log import logged
from anascope.cli._options import (
    Accelerator,
    Address,
    ExecutorName,
    Threads,
    executor_named,
)
from anascope.cli._output import AsJson, print_json, print_line, print_table, tell, warn
from anascope.csv_text import without_mark
from anascope.defaults import COVERAGE
from anascope.words import RESEARCH_USE

if TYPE_CHECKING:
    from anascope.reading.batch import BatchSummary
    from anascope.workers import Event, Watcher

_SHOWN = 20  # specimens and refusals that a person reads; the files have all
_CANDIDATES = 3  # patterns of an undecided specimen that a line names


def read(
    images: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders or wildcard patterns; - reads a list from standard input."
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of results.")] = Path("reading"),
    pixel_size_um: Annotated[
        float | None,
        typer.Option(
            help="Pixel size in micrometres, of images that do not state it [default: estimated "
            "from the picture]."
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(
            help="Channel to read from files with several: a name such as FITC, a number from 1, "
            "or '2 of 3' where the pages of a file are its channels."
        ),
    ] = None,
    specimen: Annotated[
        str | None,
        typer.Option(
            help="Which images form a specimen: those of a folder, each file, or pattern:REGEX."
        ),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            help="Table of images (CSV, Excel or Parquet) with the columns image, specimen and, if "
            "known, pixel_size_um and channel."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Folder of a model, or name of a bundled one [default: s]."),
    ] = None,
    coverage: Annotated[
        float, typer.Option(help="Share of candidate sets that should contain the right pattern.")
    ] = COVERAGE,
    sheets: Annotated[bool, typer.Option(help="Write a PDF for each specimen (extra pdf).")] = True,
    engine: Annotated[
        str, typer.Option(help="What runs the network: auto, onnxruntime or torch.")
    ] = "auto",
    accelerator: Accelerator = "cpu",
    threads: Threads = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait while another process writes to --out.")
    ] = False,
    executor: ExecutorName = "local",
    address: Address = None,
    cpus: Annotated[float, typer.Option(help="ray: CPU cores per worker.")] = 2,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Read IMAGES: cells, pattern and intensity of every specimen, for research use.

    Writes tables, masks, outlines, pictures and a report to the folder --out, each specimen as
    soon as it is finished. Run it again to continue; only what has changed is read again. Exit
    status 1 if anything could not be read; everything else is read all the same.
    """
    from anascope.errors import InputError
    from anascope.images import AskedChannel
    from anascope.reading import find_images
    from anascope.reading.batch import BatchSummary, ReaderSettings, read_batch
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
        channel=None if channel is None else AskedChannel.of(channel, "--channel").text,
        sheets=sheets,
    )
    if inputs.files:
        with (
            executor_named(
                executor, local=ThisProcess, ray=lambda: RayCluster(address=address, cpus=cpus)
            ) as readers,
            _progress() as watcher,
        ):
            done = read_batch(inputs, out, settings, executor=readers, wait=wait, watcher=watcher)
    else:  # no file to read, so no folder of results to write
        done = BatchSummary(out, 0, 0, 0, 0, {}, 0, {}, inputs.not_read)
    for name, other in done.renamed.items():
        warn(f"specimen {name} is called {other} here: {out} has another {name}")
    for refusal in done.not_read[:_SHOWN]:
        warn(f"not read: {refusal.source}: {refusal.reason}")
    if len(done.not_read) > _SHOWN:
        listed = f"; {out / 'reading.json'} lists them all" if inputs.files else ""
        warn(f"and {len(done.not_read) - _SHOWN} more{listed}")
    for caveat in done.caveats:
        warn(caveat)
    if as_json:
        print_json(_as_dict(done))
    elif done.fields + done.kept == 0:
        if len(done.not_read) != 1:
            warn(f"nothing was read: all {len(done.not_read)} were refused")
    else:
        _print_specimens(done)
        kept = f", {done.kept} kept" if done.kept else ""
        print_line(
            f"{out}: {_many(done.specimens, 'specimen')}, "
            f"{_many(done.fields, 'field')} read now{kept}, {len(done.not_read)} not read"
        )
        if done.estimated:
            print_line(
                f"pixel size estimated from the picture: {done.estimated} of {done.fields} fields; "
                "fields.csv says how sure each is, and --pixel-size-um says it where it is known"
            )
        print_line(f"next: open {out / 'report.html'} in a browser")
    if done.not_read:
        raise typer.Exit(1)


def _many(count: int, what: str) -> str:
    """Return ``1 field``, ``2 fields``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _print_specimens(done: BatchSummary) -> None:
    from anascope.decisions import NOT_CALIBRATED
    from anascope.reading.results import NO_ANSWER

    table = done.out / "specimens.csv"
    with table.open(encoding="utf-8", newline="") as file:
        first = list(islice(csv.DictReader(file), _SHOWN))
    rows = [
        [
            without_mark(row["specimen"]),
            int(row["flagged"]),
            _called(row),
            _probability(row),
            row["intensity"] or NO_ANSWER,
            int(row["cells"]),
        ]
        for row in first
    ]
    columns = ["specimen", "flagged", "pattern", "probability", "intensity", "cells"]
    print_table(RESEARCH_USE, columns, rows, spared=["cells", "intensity"])
    if any(row["calibrated"] == "False" for row in first):
        print_line(
            f"{NOT_CALIBRATED}: probabilities are the network's own, and no set of patterns is "
            "given; anascope calibrate measures them on your patients"
        )
    if done.specimens > _SHOWN:
        print_line(f"and {done.specimens - _SHOWN} more: {table}")


def _called(row: Mapping[str, str]) -> str:
    """Return what a specimen is called, with the code; of an undecided one what it may be.

    Of what is not evaluable it is why.
    """
    from anascope.reading import NOT_EVALUABLE

    if row["evaluable"] != "True":
        return f"{NOT_EVALUABLE}: {without_mark(row['why_not'])}"
    if row["fields_evaluable"] == row["fields"]:
        return _pattern(row)
    return f"{_pattern(row)}; from {row['fields_evaluable']} of {row['fields']} fields"


def _pattern(row: Mapping[str, str]) -> str:
    from anascope.reading import UNDECIDED
    from anascope.reading.results import NO_ANSWER

    if not row["pattern"]:
        return NO_ANSWER
    if row["pattern"] != UNDECIDED:
        return f"{row['pattern']} ({row['codes'].replace('; ', ', ')})"
    candidates = row["pattern_set"].split("; ")
    named, further = candidates[:_CANDIDATES], len(candidates) - _CANDIDATES
    more = f", … and {further} more" if further > 0 else ""
    return f"{UNDECIDED}: {', '.join(named)}{more}"


def _probability(row: Mapping[str, str]) -> str:
    found = row["likeliest_probability"]
    return f"{float(found):.2f}" if found else ""


def _as_dict(done: BatchSummary) -> dict[str, Any]:
    return {
        "out": str(done.out),
        "specimens": done.specimens,
        "fields_read": done.fields,
        "pixel_sizes_estimated": done.estimated,
        "fields_kept": done.kept,
        "images_read_anew": dict(done.anew),
        "fields_decided_anew": done.decided_anew,
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
                    tell(f"{event.done} of {event.files} images are read already")
                if event.anew:
                    reasons = ", ".join(f"{count} {why}" for why, count in event.anew.items())
                    tell(f"read again: {reasons}")
                if event.decided_anew:
                    tell(f"{event.decided_anew} fields are decided again: another coverage")
                bar.update(task, total=event.files - event.done)
            elif isinstance(event, SpecimenEnded):
                bar.advance(task, event.files)
            elif isinstance(event, FolderInUse):
                warn(f"{event.out}: waits for {event.holder}")

        yield logged(watch)
