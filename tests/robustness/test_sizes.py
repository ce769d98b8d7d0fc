"""What is too large, or said to be, stops no other image; what is only large is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.files import read_json
from anascope.models import save_model
from anascope.models.engines import Tiling
from anascope.reading import Reader, read
from tests.robustness.case import GOOD
from tests.robustness.files import GREY, saved, tiff
from tests.unit.models.engines.test_engines import model

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network that reads fields at 0.5 µm a pixel, and in tiles."""
    folder = tmp_path_factory.mktemp("model")
    views = ["log", "field", "local"]
    save_model(folder, model("dense", pixel_size_um=0.5, scale=1.0, views=views))
    return folder


def refusals(folder: Path, network: Path, *arguments: str) -> dict[str, str]:
    """Read a folder beside a good image; return by name why files are not read."""
    (folder / GOOD).write_bytes(saved(GREY, "PNG"))
    out = folder / "out"
    options = ["--model", str(network), "--out", str(out), "--no-sheets", "--engine", "torch"]
    result = CliRunner().invoke(app, ["read", *options, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    reading = read_json(out / "reading.json")
    assert GOOD.removesuffix(".png") in {field["field"] for field in reading["fields"]}
    return {Path(each["source"]).name: each["reason"] for each in reading["not_read"]}


def test_a_pixel_size_of_a_table_is_checked_as_that_of_an_option(
    tmp_path: Path, network: Path
) -> None:
    sizes = ["161", "1e300", "1e-320", "4.5"]
    for number in range(len(sizes)):
        (tmp_path / f"{number}.png").write_bytes(saved(GREY, "PNG"))
    rows = [f"{number}.png,S{number},{size}" for number, size in enumerate(sizes)]
    table = tmp_path / "t.csv"
    table.write_text("\n".join(["image,specimen,pixel_size_um", f"{GOOD},S,0.5", *rows]))
    expected = "expected 0.01 to 10 micrometres"
    assert refusals(tmp_path, network, "--table", str(table)) == {
        "0.png": f"161 µm a pixel; {expected}",
        "1.png": f"1e+300 µm a pixel; {expected}",
        "2.png": f"9.99989e-321 µm a pixel; {expected}",
        "3.png": "4.5 µm a pixel, which hides the cells; expected at most 4.00 micrometres for "
        "this network",
    }


def test_an_image_that_grows_beyond_bounds_is_not_read(tmp_path: Path, network: Path) -> None:
    """Small files of zeros that hold many pixels, at a pixel size that makes them even more."""
    Image.fromarray(np.zeros((9_400, 9_400), np.uint8)).save(tmp_path / "wide.png")
    zeros = np.zeros((10_000, 12_000), np.uint8)
    (tmp_path / "slide.tif").write_bytes(tiff(zeros, compression="zlib"))
    reasons = refusals(tmp_path, network, str(tmp_path), "--pixel-size-um", "1.5")
    expected = "expected at most 500 million"
    assert reasons == {
        "wide.png": f"9400×9400 pixels, which are 795 million for the network; {expected}",
        "slide.tif": f"12000×10000 pixels, which are 1,080 million for the network; {expected}",
    }


def test_an_image_that_is_only_large_is_read(tmp_path: Path, network: Path) -> None:
    """In tiles, as a slide is: here of 900 pixels, so that it is quick."""
    reader = Reader(network, engine="torch", tiling=Tiling(whole=1000, side=640))
    noise = np.random.default_rng(1).integers(0, 256, (900, 900), np.uint8)
    Image.fromarray(noise).save(tmp_path / "wide.png")
    (tmp_path / GOOD).write_bytes(saved(GREY, "PNG"))
    reading = read(str(tmp_path), model=reader, pixel_size_um=0.5)
    assert [field.field for field in reading.fields] == ["good", "wide"]
    assert reading.not_read == ()
