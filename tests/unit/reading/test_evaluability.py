"""What shows nothing is said to show nothing, and what shows something dim is not."""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from scipy import ndimage

from anascope.decisions import Judgement
from anascope.files import sha256_of
from anascope.models import Learned, model_folder, read_card, write_card
from anascope.reading import NOT_EVALUABLE, FieldReading, Reader, WhyNot
from anascope.reading.likeness import CARD, NETWORK, FieldNetwork
from anascope.reading.results import (
    NO_ANSWER,
    ResultsFolder,
    field_table,
    schema,
    sheet_files,
    specimen_table,
)
from anascope.synthetic import MIVIA, draw_field, draw_specimen

UM = MIVIA.pixel_size_um
SHAPE = (520, 700)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


def drawn(pattern: str, level: str = "positive", seed: int = 3) -> NDArray[Any]:
    specimen = draw_specimen(np.random.default_rng([seed, 0]), pattern, level, MIVIA)
    return draw_field(np.random.default_rng([seed, 1]), specimen, SHAPE).image


def read_alone(reader: Reader, pixels: NDArray[Any], size_um: float = UM) -> FieldReading:
    return reader.field(pixels, pixel_size_um=size_um)[0]


def smooth_noise() -> NDArray[np.uint8]:
    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=SHAPE), 4)
    levels: NDArray[np.uint8] = np.clip(90 + 40 * noise / noise.std(), 0, 255).astype(np.uint8)
    return levels


BLANK = {
    "black": np.zeros(SHAPE, np.uint8),
    "constant": np.full(SHAPE, 128, np.uint8),
    "white": np.full(SHAPE, 255, np.uint8),
    "gradient": np.tile(np.linspace(0, 255, SHAPE[1]).astype(np.uint8), (SHAPE[0], 1)),
    "noise": np.random.default_rng(1).integers(0, 256, SHAPE, dtype=np.uint8),
    "smooth noise": smooth_noise(),
}


@pytest.mark.parametrize("name", list(BLANK))
def test_what_shows_nothing_is_named_nothing(reader: Reader, name: str) -> None:
    found = read_alone(reader, BLANK[name])
    assert not found.evaluability.evaluable
    assert found.evaluability.reason is not None
    assert found.decision is None
    assert found.mitotic_figures is None


def test_a_photograph_is_no_field_though_cells_are_found_in_it(reader: Reader) -> None:
    found = read_alone(reader, skimage.data.camera(), 0.3225)
    assert found.cells
    assert found.evaluability.reason is WhyNot.NO_FIELD
    assert found.evaluability.likeness is not None
    assert found.evaluability.likeness < 0
    assert all(cell.pattern is None and cell.mitotic is None for cell in found.cells)


def test_a_blurred_field_has_no_pattern(reader: Reader) -> None:
    sharp = drawn("centromere")
    assert read_alone(reader, sharp).decision is not None
    blurred = ndimage.gaussian_filter(sharp.astype(np.float32), 15).astype(np.uint8)
    found = read_alone(reader, blurred)
    assert found.decision is None
    assert not found.evaluability.evaluable


def test_an_overexposed_field_is_saturated(reader: Reader) -> None:
    pixels = drawn("homogeneous").astype(float)
    white = np.clip(pixels * 300 / np.median(pixels), 0, 255).astype(np.uint8)
    assert read_alone(reader, white).evaluability.reason is WhyNot.SATURATED


def test_a_negative_field_shows_its_cells(reader: Reader) -> None:
    found = read_alone(reader, drawn("negative", "negative", 5))
    assert found.evaluability.evaluable
    assert found.decision is not None


def test_fields_that_show_nothing_do_not_vote(reader: Reader) -> None:
    good = reader.field(drawn("homogeneous"), pixel_size_um=UM, field="good")[0]
    black = [
        reader.field(BLANK["black"], pixel_size_um=UM, field=f"black-{n}")[0] for n in range(3)
    ]
    together = reader.specimen("S", [black[0], good, *black[1:]])
    assert together.decision is not None
    assert good.decision is not None
    assert together.decision.pattern == good.decision.pattern
    assert together.decision.patterns == pytest.approx(good.decision.patterns, abs=1e-8)
    assert together.cells == len(good.cells)
    assert set(together.not_evaluable) == {"black-0", "black-1", "black-2"}


def test_a_specimen_of_such_fields_is_not_evaluable_wherever_it_is_told(
    reader: Reader, tmp_path: Path
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    field, arrays = reader.field(
        BLANK["black"], pixel_size_um=UM, field="F", specimen="S", source="F.tif"
    )
    specimen = reader.specimen("S", [field])
    assert specimen.decision is None
    row = specimen_table([specimen]).iloc[0]
    assert not row["evaluable"]
    assert row["why_not"] == f"F: {specimen.not_evaluable['F'].value}"
    assert row.filter(like="pattern").isna().all()
    assert "limit" in field_table([field])["why_not"][0]
    folder = ResultsFolder(tmp_path, model="m")
    folder.begin()
    folder.write_field(field, arrays)
    folder.write_specimen(specimen, sheet=False)
    folder.close()
    written = json.loads((tmp_path / "reading.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, schema())
    assert written["specimens"][0]["decision"] is None
    assert written["fields"][0]["evaluability"]["evaluable"] is False
    assert NOT_EVALUABLE in (tmp_path / "report.html").read_text(encoding="utf-8")
    pictures = {"F": tmp_path / "specimens" / "S" / "F" / "thumbnail.jpg"}
    content = sheet_files(specimen, [field], pictures)["content.json"]
    assert NOT_EVALUABLE in content.decode()


def copied(tmp_path: Path, **changes: Any) -> Path:
    """Return the shipped model with another card."""
    folder = tmp_path / "model"
    shutil.copytree(model_folder(), folder)
    write_card(folder, read_card(folder).model_copy(update=changes))
    return folder


def test_a_head_that_learned_from_no_label_gives_no_answer(tmp_path: Path) -> None:
    reader = Reader(copied(tmp_path, learned=Learned(intensity=False)), threads=1)
    found = read_alone(reader, drawn("homogeneous"))
    assert found.decision is not None
    assert found.decision.pattern is not None
    assert found.decision.intensity is None
    assert found.decision.intensities == {}
    together = reader.specimen("S", [found, found])
    assert specimen_table([together])["intensity"].isna().all()
    assert NO_ANSWER in sheet_files(together, [found], {})["content.json"].decode()


def test_a_pattern_that_nobody_taught_is_not_told(tmp_path: Path) -> None:
    reader = Reader(copied(tmp_path, learned=Learned(pattern=False)), threads=1)
    found, arrays = reader.field(drawn("homogeneous"), pixel_size_um=UM)
    assert found.decision is not None
    assert found.decision.pattern is None
    assert found.decision.pattern_set == ()
    assert found.decision.intensity is not None
    assert arrays.heat is None
    assert {cell.pattern for cell in found.cells} == {None}


def test_whether_a_field_is_evaluable_is_the_same_for_every_model(tmp_path: Path) -> None:
    """It is a network of the package that tells it, from pixels and cells alone."""
    reader = Reader(copied(tmp_path, judgement=Judgement()), threads=1)
    shipped = Reader(threads=1)
    for pixels in (skimage.data.camera(), drawn("homogeneous")):
        found, known = read_alone(reader, pixels), read_alone(shipped, pixels)
        assert found.evaluability == known.evaluability
        assert found.evaluability.likeness is not None


def test_the_network_of_the_package_is_the_one_that_its_card_tells_of() -> None:
    files = resources.files("anascope.reading.likeness")
    card = json.loads(files.joinpath(CARD).read_text(encoding="utf-8"))
    assert card["sha256"] == sha256_of(files.joinpath(NETWORK).read_bytes())
    assert FieldNetwork.shipped().limit == card["limit"]


def test_a_card_that_does_not_say_which_heads_learned_is_said_to(tmp_path: Path) -> None:
    card = read_card(copied(tmp_path, learned=None))
    assert any("which heads learned" in sentence for sentence in card.caveats)
    assert card.identity == read_card(model_folder()).identity
    assert read_card(model_folder()).caveats == ()
