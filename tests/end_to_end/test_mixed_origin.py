"""A folder of pictures as they come together: each is read rightly, or it is said why not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skimage.data
import tifffile
from PIL import Image
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.reading import NOT_EVALUABLE
from anascope.synthetic import I3A, draw_field, draw_specimen

TWELVE_BITS = 4095


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
def fields(out: Path) -> pd.DataFrame:
    return pd.read_csv(out / "fields.csv").set_index("field")


def test_what_shows_no_cells_is_named_nothing(fields: pd.DataFrame) -> None:
    for name in ("black", "photograph"):
        row = fields.loc[name]
        assert not row["evaluable"]
        assert row["why_not"]
        assert row[["pattern", "intensity", "pattern_set"]].isna().all()
    assert fields.loc["black", "why_not"].startswith("too dark")


def test_the_rest_is_named(fields: pd.DataFrame) -> None:
    named = fields.loc[["field", "twelve", "screenshot"]]
    assert named["evaluable"].all()
    assert set(named["likeliest"]) == {"centromere"}


def test_sizes_that_nobody_says_are_estimated_and_said_to_be(fields: pd.DataFrame) -> None:
    true_um = pd.Series({"field": 1.0, "twelve": 1.0, "screenshot": 2.0}) * I3A.pixel_size_um
    known = fields.loc[true_um.index]
    assert set(known["pixel_size_from"]) == {"estimated"}
    octaves = np.log2(known["pixel_size_um"] / true_um).abs()
    assert (octaves <= 2 * np.log2(1 + known["pixel_size_error"])).all()


def test_twelve_bits_are_as_bright_as_eight(fields: pd.DataFrame) -> None:
    assert fields.loc["twelve", "full_scale"] == TWELVE_BITS
    assert fields.loc["twelve", "intensity"] == fields.loc["field", "intensity"]


def test_every_line_of_the_page_says_a_pattern_or_why_not(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    start = page.index('{"patterns":')
    data, _ = json.JSONDecoder().raw_decode(page[start:])
    assert len(data["specimens"]) == 5
    for specimen in data["specimens"]:
        said = specimen["decision"]["pattern"]
        assert said
        assert (said == NOT_EVALUABLE) == (not specimen["evaluable"])
        assert specimen["evaluable"] or specimen["whyNot"]
