"""Putting fields together again from the patches that they were cut into."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope.cohorts import SourceField, open_source
from anascope.cohorts._reading import inspect_fields
from anascope.cohorts.sources._cut_field import FIELD_SHAPE, PATCHES, CutField, Order, stitched
from anascope.errors import InputError
from tests.source_layouts import draw, write_csv, write_image, write_task2_cut

ORDERS = pytest.mark.parametrize("order", Order, ids=lambda order: order.name)


def _fields(root: Path) -> list[SourceField | InputError]:
    return list(open_source(root, "i3a-task2").fields())


def _only_error(root: Path) -> str:
    (error,) = (field for field in _fields(root) if isinstance(field, InputError))
    return str(error)


def _rewrite_table(root: Path, change: dict[str, tuple[str, str]]) -> None:
    """Give some patches another label and intensity."""
    lines = (root / "table.csv").read_text().splitlines()
    rows: list[list[str]] = [line.split(",") for line in lines]
    for row in rows[1:]:
        row[2:] = change.get(row[0].split(".")[0], (row[2], row[3]))
    write_csv(root / "table.csv", rows)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1), order=st.sampled_from(Order), sixteen=st.booleans())
def test_stitching_undoes_cutting(seed: int, order: Order, sixteen: bool) -> None:
    dtype = np.uint16 if sixteen else np.uint8
    field = np.random.default_rng(seed).integers(0, 200, FIELD_SHAPE).astype(dtype)
    patches = [field[order.area(index)] for index in range(PATCHES)]
    np.testing.assert_array_equal(stitched(patches, order), field)
    (other,) = set(Order) - {order}
    assert stitched(patches, other) is None


@ORDERS
def test_the_grid_covers_the_field_exactly(order: Order) -> None:
    covered = np.zeros(FIELD_SHAPE, dtype=int)
    for index in range(PATCHES):
        covered[order.area(index)] += 1
    assert covered.min() == 1
    assert FIELD_SHAPE == (1040, 1388)
    assert order.area(PATCHES - 1) == (slice(656, 1040), slice(1004, 1388))


@ORDERS
@pytest.mark.parametrize(("first", "digits"), [(0, 1), (0, 2), (1, 1), (1, 3)])
def test_however_patches_are_numbered(
    tmp_path: Path, order: Order, first: int, digits: int
) -> None:
    root = write_task2_cut(tmp_path, 1, order=order, first=first, digits=digits)
    (item,) = inspect_fields(open_source(root, "i3a-task2"))
    truth = draw(1, FIELD_SHAPE)
    assert item.findings == ()
    assert item.image is not None
    assert item.mask is not None
    assert item.record is not None
    np.testing.assert_array_equal(item.image, truth.image)
    np.testing.assert_array_equal(item.mask == 1, truth.cells)
    record = item.record
    assert (record.field, record.patient, record.specimen) == ("1_1", "1", "1")
    assert (record.pattern, record.intensity) == ("golgi", "positive")


def test_patches_that_do_not_fit_name_the_field(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    write_image(root / "001_1_04.tif", draw(99, (384, 384)).image)
    (item,) = inspect_fields(open_source(root, "i3a-task2"))
    (finding,) = item.findings
    assert str(finding).startswith("field '1_1' (")
    assert "patches whose overlaps differ" in finding.found
    assert finding.expected == "15 patches of one field on a 5×3 grid"


def test_mask_patches_that_do_not_fit_are_a_finding_too(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    write_image(root / "001_1_07_Mask.tif", np.full((384, 384), 255, np.uint8))
    (item,) = inspect_fields(open_source(root, "i3a-task2"))
    (finding,) = item.findings
    assert finding.found == "mask patches whose overlaps differ"


@pytest.mark.parametrize(("first", "last"), [(0, 14), (1, 15)])
@pytest.mark.parametrize("lost", [0, 7, 14])
def test_a_missing_patch_is_named(tmp_path: Path, first: int, last: int, lost: int) -> None:
    root = write_task2_cut(tmp_path, 2, first=first)
    name = f"001_1_{lost + first:02d}"
    (root / f"{name}.tif").unlink()
    (root / f"{name}_Mask.tif").unlink()
    rows = [row for row in (root / "table.csv").read_text().splitlines() if name not in row]
    write_csv(root / "table.csv", [row.split(",") for row in rows])
    message = _only_error(root)
    assert f"14 patches, without patch {lost + first}" in message
    assert f"expected 15, numbered {first} to {last}" in message
    assert "field '1_1'" in message


def test_a_patch_too_many(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1, suffix=".png")
    extra = draw(3, (384, 384)).image
    for name in ("001_1_15", "001_1_16"):
        write_image(root / f"{name}.png", extra)
        with (root / "table.csv").open("a") as table:
            table.write(f"{name},,golgi,positive\n")
    assert "17 patches, with patch 15, 16" in _only_error(root)


def test_two_patches_of_one_number(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    write_image(root / "1_1_3.tif", draw(3, (384, 384)).image)
    with (root / "table.csv").open("a") as table:
        table.write("1_1_3,,golgi,positive\n")
    assert "patch 3 twice (001_1_03.tif, 1_1_3.tif)" in _only_error(root)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("homogeneous", "positive"), "patches with different labels (golgi, homogeneous)"),
        (("golgi", "intermediate"), "patches with different intensities (intermediate, positive"),
    ],
)
def test_labels_that_differ_within_a_field(
    tmp_path: Path, change: tuple[str, str], found: str
) -> None:
    root = write_task2_cut(tmp_path, 1)
    _rewrite_table(root, {"001_1_09": change})
    assert found in _only_error(root)


def test_two_spellings_of_a_label_do_not_differ(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    _rewrite_table(root, {f"001_1_{n:02d}": ("mitsp ", "positive") for n in range(7)})
    _rewrite_table(root, {f"001_1_{n:02d}": ("mistp", "Positive ") for n in range(7, 15)})
    (item,) = inspect_fields(open_source(root, "i3a-task2"))
    assert item.findings == ()
    assert item.record is not None
    assert item.record.pattern == "mitotic spindle"


def test_masks_for_some_patches_only(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    (root / "001_1_05_Mask.tif").unlink()
    text = (root / "table.csv").read_text().replace("001_1_05_Mask", "")
    (root / "table.csv").write_text(text)
    assert "masks for 14 patches, none for 001_1_05.tif" in _only_error(root)


def test_a_patch_of_another_size(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    write_image(root / "001_1_02.tif", draw(1, (380, 384)).image)
    write_image(root / "001_1_03_Mask.tif", draw(1, (380, 384)).mask)
    (item,) = inspect_fields(open_source(root, "i3a-task2"))
    (finding,) = item.findings
    assert str(finding).endswith("384×380 pixels; expected a patch of 384×384 pixels")


def test_a_patch_of_another_type(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    path = root / "001_1_02.tif"
    write_image(path, np.zeros((384, 384), np.uint16))
    cut = CutField("here", tuple(root / f"001_1_{n:02d}.tif" for n in range(15)))
    with pytest.raises(InputError, match="pixels of type uint16; expected uint8, as "):
        cut.read_image()


def test_a_name_with_one_number_has_no_patch(tmp_path: Path) -> None:
    root = write_task2_cut(tmp_path, 1)
    write_image(root / "17.tif", draw(3, (384, 384)).image)
    with (root / "table.csv").open("a") as table:
        table.write("17,,golgi,positive\n")
    assert "patch name '17.tif'; expected the specimen's number first" in _only_error(root)
