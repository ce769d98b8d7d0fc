"""The plugin makes layers without napari; what napari makes of them is tested where it is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile
import yaml

import anascope.napari
from anascope.errors import InputError
from anascope.napari import get_reader, layers_of
from anascope.napari._widget import plane_of
from anascope.reading import Evaluability, WhyNot
from anascope.reading.results import write_label_mask
from tests.unit.reading.results.conftest import made_up_field


def test_napari_is_not_imported() -> None:
    code = "import sys, anascope.napari; print([m for m in sys.modules if m.startswith('napari')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_cells_and_dividing_cells() -> None:
    field = made_up_field()
    (labels, cells, kind), (points, dividing, points_kind) = layers_of(
        field.reading, field.arrays.labels, scale=(0.3, 0.3)
    )
    assert (kind, points_kind) == ("labels", "points")
    assert labels is field.arrays.labels
    table = cells["features"]
    assert table["index"].tolist() == [0, *(cell.cell for cell in field.reading.cells)]
    assert cells["colormap"].keys() == {None, 0, *(cell.cell for cell in field.reading.cells)}
    in_mitosis = [cell for cell in field.reading.cells if (cell.mitotic or 0) >= 0.5]
    assert points.tolist() == [[cell.y, cell.x] for cell in in_mitosis]
    assert dividing["features"]["phase"].tolist() == ["metaphase"] * len(in_mitosis)
    assert cells["scale"] == dividing["scale"] == (0.3, 0.3)
    metadata = cells["metadata"]["anascope"]
    assert metadata["pattern"] == "homogeneous"
    assert metadata["codes"] == ["AC-1"]
    assert "Research use only" in metadata["decision"]


def test_a_field_that_is_not_evaluable_has_no_pattern() -> None:
    field = made_up_field(told=False)
    reason = WhyNot(next(iter(WhyNot)))
    reading = replace(
        field.reading, decision=None, cells=(), evaluability=Evaluability(False, reason)
    )
    (_, cells, _), (points, _, _) = layers_of(reading, field.arrays.labels)
    metadata = cells["metadata"]["anascope"]
    assert (metadata["pattern"], metadata["codes"], metadata["evaluable"]) == (None, [], False)
    assert metadata["decision"].startswith(f"F-1: not evaluable: {reason.value}")
    assert points.shape == (0, 2)


@pytest.mark.parametrize("path", [["a", "b"], "nowhere", "tests"])
def test_what_is_no_field_is_left_to_others(path: Any) -> None:
    assert get_reader(path) is None


def test_the_file_of_another_program_is_left_to_others(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "labels.tif", np.zeros((4, 4), np.uint8))
    assert get_reader(tmp_path / "labels.tif") is None


def test_a_damaged_field_gets_one_line(tmp_path: Path) -> None:
    write_label_mask(made_up_field().arrays.labels, tmp_path / "labels.tif")
    (tmp_path / "field.json").write_text("{}", encoding="utf-8")
    read = get_reader(str(tmp_path))
    assert read is not None
    with pytest.raises(InputError, match=r"field\.json"):
        read(str(tmp_path))


def image(data: Any, *, rgb: bool = False) -> Any:
    return SimpleNamespace(name="layer", data=data, rgb=rgb)


def viewer(*steps: int) -> Any:
    return SimpleNamespace(dims=SimpleNamespace(current_step=steps))


def test_the_plane_in_view_is_read() -> None:
    stack = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    assert (plane_of(image(stack), viewer(9, 2, 0, 0)) == stack[2]).all()
    assert (plane_of(image(stack[0]), viewer(0, 0)) == stack[0]).all()


def test_of_colours_the_green_is_read() -> None:
    colours = np.zeros((4, 5, 3), np.uint8)
    colours[..., 1] = 7
    assert (plane_of(image(colours, rgb=True), viewer(0, 0)) == 7).all()


def test_values_of_12_bits_are_at_their_full_scale_and_stay_in_the_layer() -> None:
    values = np.full((4, 5), 4095, np.uint16)
    assert (plane_of(image(values), viewer(0, 0)) == 65535).all()
    assert (values == 4095).all()


def test_other_types_get_one_line() -> None:
    with pytest.raises(InputError, match="layer: values of type float64; expected uint8 or uint16"):
        plane_of(image(np.zeros((4, 5))), viewer(0, 0))


def test_the_manifest_names_what_is_there() -> None:
    path = Path(anascope.napari.__file__).with_name("napari.yaml")
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    for command in manifest["contributions"]["commands"]:
        module, _, name = command["python_name"].partition(":")
        assert importlib.util.find_spec(module) is not None
        assert callable(getattr(sys.modules[module], name))
