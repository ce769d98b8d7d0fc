"""What works in an installation without extras, and what a command says whose extra is missing.

Two processes do it all: one with nothing but what ``pip install anascope`` brings, one without the
libraries of single extras.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from typer.main import get_command

from anascope.cli._app import app
from anascope.extras import EXTRA_OF, remedy
from tests.blocked import Ended, run_blocked
from tests.started import write_images
from tests.unit.exchange.made_up import write_results

WORKS = {
    "--help": "",
    "--version": "",
    "read images --pixel-size-um 0.3 --out reading": "no PDF of any specimen",
    "read images --pixel-size-um 0.3 --out reading --no-sheets": "",
    "results plate results plate.csv": "",
    "titre results plate.csv": "",
    "cohort synthesize slides --like mivia --layout mivia --patients 1 --shape 96x96 --jobs 1": "",
}
"""Commands that need no extra, and what they say on standard error, if anything."""

REFUSED = {
    "cohort import slides cohort --format mivia": "anascope cohort import: train",
    "cohort merge cohort a b": "anascope cohort merge: train",
    "cohort mosaic cohort a": "anascope cohort mosaic: train",
    "cohort show cohort": "anascope cohort show: train",
    "cohort check cohort": "anascope cohort check: train",
    "cohort gallery cohort gallery.png": "anascope cohort gallery: train",
    "cohort synthesize cohort --patients 1": "anascope cohort synthesize: train",
    "folds draw cohort --out folds.json": "anascope folds draw: train",
    "folds show cohort folds.json": "anascope folds show: train",
    "train cohort": "anascope train: train",
    "evaluate run": "anascope evaluate: train",
    "calibrate s cohort --out model": "anascope calibrate: train",
    "adapt s cohort --out model": "anascope adapt: train",
    "export model": "anascope export: train",
    "study run paper cohort --out study": "anascope study run: train",
    "study status study": "anascope study status: train",
    "study calibrate study": "anascope study calibrate: train",
    "study report study": "anascope study report: train",
    "study show paper": "anascope study show: train",
    "recipe run data --out work": "anascope recipe run: train",
    "recipe networks data --out work": "anascope recipe networks: train",
    "recipe show s": "anascope recipe show: train",
    "desk init desk": "desk: desk",
    "desk import desk results": "desk: desk",
    "desk serve desk": "desk: desk",
    "desk watch desk slides": "desk: desk",
    "desk verify desk": "desk: desk",
    "desk users list desk": "desk: desk",
    "desk users add desk kim --role reader": "desk: desk",
    "desk users link desk kim --issuer https://a.example --subject b": "desk: desk",
    "desk users password desk kim": "desk: desk",
    "desk users role desk kim senior": "desk: desk",
    "desk users off desk kim": "desk: desk",
    "desk users on desk kim": "desk: desk",
    "results fhir results new": "FHIR: fhir",
    "results dicom results new": "DICOM: dicom",
    "read images --out other --executor ray": "Ray: ray",
    "read images --out other --engine torch": "--engine: train",
    "read --table table.parquet --out other": "table.parquet: parquet",
}
"""Commands that need an extra: what they name, and the extra."""

IN_ONE_LINE = {
    "lzw.tif": "compression LZW, and imagecodecs codecs",
    "packed.tif": "pixels of 12 bits, and imagecodecs codecs",
    "zstd.tif": "compression ZSTD, and imagecodecs codecs",
    "lif.lif": "an LIF file, and bioio bioio",
    "slide.dcm": "a DICOM file, and pydicom dicom",
}
"""Images that need an extra."""


def _write_inputs(folder: Path) -> None:
    (folder / "images").mkdir()
    write_images(folder / "images", 1)
    write_results(folder / "results", "S-1", "S-2")
    plate = "well,specimen,serum,dilution,control\nA1,S-1,P-7,1:80,\nA2,S-2,P-7,1:160,\n"
    (folder / "plate.csv").write_text(plate, encoding="utf-8")
    (folder / "table.parquet").write_bytes(b"PAR1 and so on")
    grey = np.random.default_rng(0).integers(0, 255, (300, 400), np.uint8)
    tifffile.imwrite(folder / "lzw.tif", grey, compression="lzw")
    tifffile.imwrite(folder / "zstd.tif", grey, compression="zstd")
    tifffile.imwrite(folder / "packed.tif", grey.astype(np.uint16), bitspersample=12)
    (folder / "lif.lif").write_bytes(b"anything")
    (folder / "slide.dcm").write_bytes(bytes(128) + b"DICM and so on")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    folder = tmp_path_factory.mktemp("without extras")
    _write_inputs(folder)
    commands = {line: line.split() for line in (*WORKS, *REFUSED)}
    images = {name: ["read", name, "--out", f"of {name}"] for name in IN_ONE_LINE}
    return run_blocked(folder, EXTRA_OF, commands | images)


def test_every_command_is_in_one_of_the_tables() -> None:
    def commands(group: Any, *words: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, *words, name)
            else:
                yield " ".join([*words, name])

    known = [*WORKS, *REFUSED]
    for typed in commands(get_command(app)):
        assert any(line.startswith(f"{typed} ") for line in known), typed


@pytest.mark.parametrize("line", WORKS)
def test_works_without_extras(ended: dict[str, Ended], line: str) -> None:
    done = ended[line]
    assert done.status == 0, done.errors
    assert done.out
    assert WORKS[line] in done.errors
    assert done.errors or not WORKS[line]


@pytest.mark.parametrize("line", REFUSED)
def test_the_extra_is_named_in_one_line(ended: dict[str, Ended], line: str) -> None:
    done = ended[line]
    where, _, extra = REFUSED[line].rpartition(": ")
    errors = done.errors.strip()  # a bar that was not yet shown leaves an empty line
    assert len(errors.splitlines()) == 1
    assert errors.startswith(f"anascope: {where}: "), errors
    assert f" is not installed; expected {remedy(extra)}" in errors
    assert (done.status, done.out) == (1, "")


@pytest.mark.parametrize("name", IN_ONE_LINE)
def test_an_image_that_needs_an_extra_names_it(ended: dict[str, Ended], name: str) -> None:
    done = ended[name]
    start, extra = IN_ONE_LINE[name].rsplit(" ", 1)
    assert f"not read: {name}: {start} is not installed; expected {remedy(extra)}" in done.errors
    assert done.status == 1
