"""Pictures are those of the image that was read, to the pixel."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from anascope.desk.review import view
from anascope.desk.store import Database
from anascope.desk.web._detail import part_with_cells
from anascope.desk.web._images import TILE, Images, ShownField
from anascope.errors import InputError
from anascope.images import stretched
from anascope.reading.results import TILE as CELL
from tests.unit.desk.web.pages import Browser
from tests.unit.reading.results.conftest import made_up_field

FIELD = "/specimens/1/fields/1"


def picture(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def test_tiles_are_the_field(local: Browser, prepared: Path) -> None:
    image = tifffile.imread(prepared / "images" / "0-1.tif")
    whole = picture(local.get(f"{FIELD}/tiles/8/0_0.png").content)
    np.testing.assert_array_equal(whole, stretched(image))
    half = picture(local.get(f"{FIELD}/tiles/7/0_0.png").content)
    assert half.shape == (60, 80)


@pytest.mark.parametrize("shape", [(700, 1100), (513, 512), (1, 1), (1024, 3)])
def test_tiles_fit_together_at_each_level(shape: tuple[int, int]) -> None:
    grey = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    field = ShownField(grey, ())
    for level in range(field.levels + 1):
        shrink = 2 ** (field.levels - level)
        height, width = (-(-side // shrink) for side in shape)
        rows = []
        for row in range(-(-height // TILE)):
            columns = range(-(-width // TILE))
            rows.append(np.hstack([picture(field.tile(level, c, row)) for c in columns]))
        assert np.vstack(rows).shape == (height, width)
    np.testing.assert_array_equal(np.vstack(rows), grey)
    for place in ((field.levels + 1, 0, 0), (-1, 0, 0), (field.levels, 9, 0), (0, 0, -1)):
        with pytest.raises(InputError, match="tile"):
            field.tile(*place)


def test_an_image_is_decoded_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    images, field = Images(), view(database, 1).read.fields[0]
    first = images.shown(field)
    monkeypatch.setattr("anascope.desk.web._images.read_pages", None)
    assert images.shown(field) is first


def test_few_fields_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anascope.desk.web._images._MOST", 30_000)
    images = Images()
    first, second = view(database, 1).read.fields
    shown = images.shown(first)
    assert images.shown(second).grey.shape == shown.grey.shape
    assert images.shown(first) is not shown


def test_cells_are_in_rows(local: Browser, database: Database) -> None:
    cells = view(database, 1).read.fields[0].cells
    row = picture(local.get(f"{FIELD}/cells/0.png").content)
    assert row.shape == (CELL, CELL * cells)
    text = local.get("/specimens/1").text
    assert text.index("<b>metaphase</b>") < text.index('value="1:1"')


def test_what_lies_in_the_folder(local: Browser) -> None:
    for name, kind in (
        ("thumbnail.jpg", "image/jpeg"),
        ("heat.jpg", "image/jpeg"),
        ("outlines.json", "application/geo+json"),
    ):
        answer = local.get(f"{FIELD}/{name}")
        assert answer.headers["content-type"] == kind
        assert len(answer.content) > 500


def test_references_are_drawn(local: Browser) -> None:
    first = local.get("/references/nucleolar.png")
    assert picture(first.content).shape == (320, 320)
    assert local.get("/references/nucleolar.png").content == first.content
    assert local.get("/references/no%20such%20pattern.png").status_code == 400
    assert "/references/coarse%20speckled.png" in local.get("/specimens/1").text


def test_a_detail_is_a_part_with_many_cells() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (1000, 1200)).astype(np.uint8)
    reading = made_up_field().reading
    crowd = [(700, 300), (720, 310), (690, 280), (100, 900)]
    cells = tuple(
        replace(cell, x=float(x), y=float(y))
        for cell, (x, y) in zip(reading.cells, crowd, strict=False)
    )
    assert len(cells) == 4
    own = replace(reading, cells=cells, width=1200, height=1000, pixel_size_um=None)
    shown = np.asarray(part_with_cells(grey, own))
    np.testing.assert_array_equal(shown, grey[140:460, 540:860])
    # Half the pixel size of the drawn pictures: twice the pixels each way are as large on a cell.
    fine = part_with_cells(grey, replace(own, pixel_size_um=6.45 / 20 / 2))
    assert fine.size == (320, 320)
    rough = np.asarray(fine).astype(float)
    assert abs(rough.mean() - grey[:640, 380:1020].mean()) < 1
    assert rough.std() < 0.8 * grey.std()  # of pixels that were averaged


def test_a_detail_of_a_small_or_empty_field(local: Browser) -> None:
    reading = replace(made_up_field().reading, cells=(), pixel_size_um=None)
    grey = np.full((120, 160), 200, np.uint8)
    shown = np.asarray(part_with_cells(grey, reading))
    np.testing.assert_array_equal(shown[100:220, 80:240], grey)
    assert shown.sum() == grey.sum(dtype=np.int64)
    assert picture(local.get(f"{FIELD}/detail.png").content).shape == (320, 320)
