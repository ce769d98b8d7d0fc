"""``anascope cohort synthesize``: draw a cohort whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._options import height_and_width, options_for
from anascope.cli._output import AsJson, print_json, print_line, progress

if TYPE_CHECKING:
    from anascope.synthetic import Drawing, Population

_COHORT = "cohort"


def synthesize(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="Folder to make.")],
    like: Annotated[str, typer.Option(help="Microscope and labels of a set: i3a or mivia.")] = (
        "i3a"
    ),
    patients: Annotated[int | None, typer.Option(help="How many; by default as the set has.")] = (
        None
    ),
    fields: Annotated[int | None, typer.Option(help="Of each patient; by default as the set.")] = (
        None
    ),
    patterns: Annotated[
        str | None, typer.Option(help="Spread evenly over these instead: a,b or mixed a+b.")
    ] = None,
    intensities: Annotated[
        str | None, typer.Option(help="Spread evenly over these instead: intermediate,positive.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pixels.")] = 0,
    layout: Annotated[str, typer.Option(help="cohort, or files: i3a-task2 or mivia.")] = _COHORT,
    jobs: Annotated[
        int | None, typer.Option(help="Processes that draw; by default all usable cores.")
    ] = None,
    bits: Annotated[int, typer.Option(help="Of a pixel: 8 or 16.")] = 8,
    shape: Annotated[
        str | None, typer.Option(metavar="HxW", help="Height and width of a field, in pixels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw specimens whose truth is known into the new folder DEST.

    Without numbers it draws a set as large as the one that it is like.
    """
    from anascope.environment import usable_cores
    from anascope.errors import InputError, did_you_mean
    from anascope.synthetic import LAYOUTS

    if layout not in (_COHORT, *LAYOUTS):
        raise InputError("--layout", f"'{layout}'", did_you_mean(layout, [_COHORT, *LAYOUTS]))
    population = _population(like, patients, fields, patterns, intensities)
    drawing = _drawing(population, like, seed, bits, shape)
    with options_for(jobs="--jobs"):
        _draw(drawing, destination, layout, usable_cores() if jobs is None else jobs)
    following = f"anascope cohort show {destination}"
    if layout != _COHORT:
        following = f"anascope cohort import {destination} COHORT --format {layout}"
    if as_json:
        print_json(_described(drawing, destination, layout) | {"next": following})
        return
    shown = ", ".join(dict.fromkeys(pattern for pattern, _ in population.labels))
    print_line(
        f"{destination}: {len(population)} fields of {len(population.labels)} patients ({shown})"
    )
    print_line(f"next: {following}")


def _population(
    like: str,
    patients: int | None,
    fields: int | None,
    patterns: str | None,
    intensities: str | None,
) -> Population:
    """Return who is drawn: the set's labels in its proportions, or those named, evenly."""
    from anascope.synthetic import Population, set_named

    known = set_named(like)
    if patterns is None and intensities is None:
        return Population.like(like, patients=patients, fields=fields)
    return Population.even(
        known.patterns if patterns is None else _listed(patterns),
        known.intensities if intensities is None else _listed(intensities),
        patients=patients,
        fields=known.fields if fields is None else fields,
    )


def _drawing(population: Population, like: str, seed: int, bits: int, shape: str | None) -> Drawing:
    """Return what is drawn, with the depth and size that were asked for."""
    from dataclasses import replace

    from anascope.synthetic import Drawing, microscope_named

    microscope = replace(microscope_named(like), bits=bits)
    if shape is not None:
        microscope = replace(microscope, shape=height_and_width(shape))
    return Drawing(population, microscope, seed)


def _draw(drawing: Drawing, destination: Path, layout: str, jobs: int) -> None:
    from anascope.cohorts import DrawnSource, import_cohort
    from anascope.synthetic import write_drawing

    with progress("drawing", len(drawing.population), unit="fields") as bar:

        def advance() -> None:
            bar.advance(bar.task_ids[0])

        if layout == _COHORT:
            source = DrawnSource(drawing, jobs)
            import_cohort(source, destination, source_format="synthetic", on_field=advance)
        else:
            write_drawing(drawing, destination, layout, jobs=jobs, on_field=advance)


def _described(drawing: Drawing, destination: Path, layout: str) -> dict[str, Any]:
    from collections import Counter

    labels = drawing.population.labels
    height, width = drawing.microscope.shape
    return {
        "path": str(destination),
        "layout": layout,
        "like": drawing.microscope.name,
        "seed": drawing.seed,
        "patients": len(labels),
        "fields": len(drawing.population),
        "patterns": Counter(pattern for pattern, _ in labels),
        "intensities": Counter(intensity for _, intensity in labels),
        "height": height,
        "width": width,
        "bits": drawing.microscope.bits,
        "pixel_size_um": drawing.microscope.pixel_size_um,
    }


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
