"""A folder of pictures as they come together: each is read rightly, or it is said why not."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import tifffile
from PIL import Image
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.reading import NOT_EVALUABLE
from anascope.synthetic import I3A, draw_field, draw_specimen

TWELVE_BITS = 4095
SHOWING = {"field": 1, "twelve": 1, "screenshot": 2}
"""Pictures that show cells, and how many pixels of the camera a pixel of each is wide."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a folder with two drawn fields, a black one, a photograph and a screenshot."""
    folder: Path = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(5)
    specimen = draw_specimen(rng, "centromere", "positive", I3A)
    field = draw_field(rng, specimen, (624, 832)).image
    Image.fromarray(field).save(folder / "field.png")
    wide = np.round(field / 255 * TWELVE_BITS).astype(np.uint16)
    tifffile.imwrite(folder / "twelve.tif", wide, photometric="minisblack", metadata=None)
    # Half as many pixels, as a screenshot has, which does not say so.
    Image.fromarray(field).reduce(2).save(folder / "screenshot.jpg", quality=95)
    Image.fromarray(np.zeros((300, 400), np.uint8)).save(folder / "black.png")
    Image.fromarray(skimage.data.camera()).save(folder / "photograph.png")
    results = folder.parent / "results"
    done = CliRunner().invoke(
        app, ["read", str(folder), "--specimen", "file", "--out", str(results), "--threads", "1"]
    )
    assert done.exit_code == 0, done.output
    return results


@pytest.fixture(scope="module")
def fields(out: Path) -> dict[str, dict[str, str]]:
    """The rows of the table of fields, by field."""
    with (out / "fields.csv").open(encoding="utf-8", newline="") as file:
        return {row["field"]: row for row in csv.DictReader(file)}


def test_what_shows_no_cells_is_named_nothing(fields: dict[str, dict[str, str]]) -> None:
    for name in ("black", "photograph"):
        row = fields[name]
        assert row["evaluable"] == "False"
        assert row["why_not"]
        assert not row["pattern"] + row["intensity"] + row["pattern_set"]
    assert fields["black"]["why_not"].startswith("too dark")


def test_the_rest_is_named(fields: dict[str, dict[str, str]]) -> None:
    for name in SHOWING:
        assert fields[name]["evaluable"] == "True"
        assert fields[name]["likeliest"] == "centromere"


def test_sizes_that_nobody_says_are_estimated_and_said_to_be(
    fields: dict[str, dict[str, str]],
) -> None:
    for name, factor in SHOWING.items():
        row = fields[name]
        assert row["pixel_size_from"] == "estimated"
        times = float(row["pixel_size_um"]) / (factor * I3A.pixel_size_um)
        assert abs(math.log(times)) <= 2 * math.log(1 + float(row["pixel_size_error"]))


def test_twelve_bits_are_as_bright_as_eight(fields: dict[str, dict[str, str]]) -> None:
    assert fields["twelve"]["full_scale"] == str(TWELVE_BITS)
    assert fields["twelve"]["intensity"] == fields["field"]["intensity"]


def test_every_line_of_the_page_says_a_pattern_or_why_not(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    start = page.index('{"patterns":')
    data, _ = json.JSONDecoder().raw_decode(page[start:])
    assert len(data["specimens"]) == 5
    for specimen in data["specimens"]:
        pattern = specimen["decision"]["pattern"]
        assert pattern
        assert (pattern == NOT_EVALUABLE) == (not specimen["evaluable"])
        assert specimen["evaluable"] or specimen["whyNot"]
