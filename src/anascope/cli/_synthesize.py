"""``anascope cohort synthesize``: draw a cohort whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope.cli._options import height_and_width
from anascope.cli._output import AsJson, print_json, print_line, progress

if TYPE_CHECKING:
    from anascope.synthetic import Drawing

_COHORT = "cohort"


def synthesize(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="New folder to write.")],
    like: Annotated[
        str, typer.Option(help="Laboratory to imitate: i3a, mivia, any or a YAML file.")
    ] = ("i3a"),
    patients: Annotated[
        int | None, typer.Option(help="Number of patients [default: as in that laboratory].")
    ] = (None),
    fields: Annotated[
        int | None, typer.Option(help="Fields per patient [default: as in that laboratory].")
    ] = (None),
    patterns: Annotated[
        str | None,
        typer.Option(help="Draw these patterns equally often instead: a,b or a mixture a+b."),
    ] = None,
    intensities: Annotated[
        str | None,
        typer.Option(help="Draw these intensities equally often instead: intermediate,positive."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same pixels.")] = 0,
    layout: Annotated[
        str, typer.Option(help="What to write: cohort, or the files of i3a-task2 or mivia.")
    ] = _COHORT,
    jobs: Annotated[
        int | None, typer.Option(help="Number of processes [default: one per core].")
    ] = None,
    bits: Annotated[
        int | None,
        typer.Option(help="Bits per pixel: 8, 12 or 16 [default: as in that laboratory]."),
    ] = None,
    shape: Annotated[
        str | None, typer.Option(metavar="HxW", help="Height and width of a field, in pixels.")
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(help="Draw no microscope like those of these laboratories: mivia,i3a."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw synthetic specimens, whose truth is known, into the new folder DEST.

    Without --patients and --fields it draws as many as that laboratory has.
    """
    from dataclasses import replace

    from anascope.environment import usable_cores
    from anascope.errors import InputError, did_you_mean
    from anascope.synthetic import LAYOUTS, Drawing, Microscopes, Population, laboratory_named

    if layout not in (_COHORT, *LAYOUTS):
        raise InputError("--layout", f"'{layout}'", did_you_mean(layout, [_COHORT, *LAYOUTS]))
    laboratory = laboratory_named(like)
    changes: dict[str, Any] = {} if bits is None else {"bits": bits}
    if shape is not None:
        changes["shape"] = height_and_width(shape)
    optics = laboratory.optics
    if isinstance(optics, Microscopes):
        avoided = [laboratory_named(name).microscope for name in _listed(without or "")]
        optics = optics.replaced(**changes).away_from(*avoided)
    elif without is not None:
        raise InputError(
            "--without", f"'{without}' of one microscope", "--like any, or another range"
        )
    else:
        optics = replace(optics, **changes)
    if patterns is None and intensities is None:
        population = Population.like(like, patients=patients, fields=fields)
    else:
        population = Population.even(
            laboratory.patients if patterns is None else _listed(patterns),
            laboratory.intensities if intensities is None else _listed(intensities),
            patients=patients,
            fields=laboratory.fields if fields is None else fields,
        )
    drawing = Drawing(population, optics, seed, laboratory.stains, laboratory.titres)
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


def _draw(drawing: Drawing, destination: Path, layout: str, jobs: int) -> None:
    from anascope.synthetic import write_drawing

    if layout == _COHORT:  # the layouts of others need no library of cohorts
        from anascope.cohorts import DrawnSource, import_cohort

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
    microscopes = [drawing.microscope_of(patient) for patient in range(len(labels))]
    return {
        "path": str(destination),
        "layout": layout,
        "like": drawing.microscope.name,
        "seed": drawing.seed,
        "patients": len(labels),
        "fields": len(drawing.population),
        "patterns": Counter(pattern for pattern, _ in labels),
        "intensities": Counter(intensity for _, intensity in labels),
        "height": _span(microscope.shape[0] for microscope in microscopes),
        "width": _span(microscope.shape[1] for microscope in microscopes),
        "bits": _span(microscope.bits for microscope in microscopes),
        "pixel_size_um": _span(microscope.pixel_size_um for microscope in microscopes),
    }


def _span(values: Iterable[float]) -> float | list[float]:
    """Return the value of all, or the least and the greatest where they differ."""
    known = sorted(set(values))
    return known[0] if len(known) == 1 else [known[0], known[-1]]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
