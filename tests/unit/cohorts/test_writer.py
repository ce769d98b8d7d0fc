"""Writing a cohort and reading it back."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anascope.cohorts import Cohort
from anascope.cohorts._writer import CohortWriter
from anascope.errors import InputError
from tests.small_cohort import record

Entry = tuple[int, int, type[np.uint8] | type[np.uint16], bool]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]
_ENTRIES = st.lists(
    st.tuples(
        st.integers(1, 140),
        st.integers(1, 140),
        st.sampled_from([np.uint8, np.uint16]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def _write(folder: Path, fields: Mapping[str, tuple[Pixels, NDArray[np.uint8] | None]]) -> Cohort:
    writer = CohortWriter(folder)
    for name, (image, mask) in fields.items():
        writer.add(record(name), image, mask)
    writer.close(name="drawn", source="drawn", source_format="drawn", cells=None, left_out=[])
    return Cohort.open(folder)


@settings(max_examples=15)
@given(entries=_ENTRIES, seed=st.integers(0, 2**32 - 1))
def test_packing_round_trip(entries: list[Entry], seed: int) -> None:
    generator = np.random.default_rng(seed)
    fields: dict[str, tuple[Pixels, NDArray[np.uint8] | None]] = {}
    for place, (height, width, dtype, has_mask) in enumerate(entries):
        top = np.iinfo(dtype).max
        image = cast(Pixels, generator.integers(0, top, (height, width)).astype(dtype))
        mask = generator.integers(0, 3, (height, width)).astype(np.uint8) if has_mask else None
        fields[f"field {place}"] = (image, mask)
    with tempfile.TemporaryDirectory() as folder:
        cohort = _write(Path(folder) / "cohort", fields)
        assert [field.field for field in cohort.fields] == list(fields)
        for field in (*cohort.fields, *reversed(cohort.fields)):
            image, mask = fields[field.field]
            stored, stored_mask = cohort.image(field), cohort.mask(field)
            assert stored.dtype == image.dtype
            assert field.full_scale == np.iinfo(image.dtype).max
            np.testing.assert_array_equal(stored, image)
            assert (stored_mask is None) == (mask is None)
            if mask is not None:
                np.testing.assert_array_equal(stored_mask, mask)


def test_more_small_images_than_a_sheet_holds(tmp_path: Path) -> None:
    fields = {
        f"{number:04d}": (np.full((3, 4), number % 251, np.uint8), None) for number in range(1030)
    }
    cohort = _write(tmp_path / "cohort", fields)
    assert len({field.image for field in cohort.fields}) == 2
    for name, field in zip(fields, cohort.fields, strict=True):
        assert field.field == name
        assert (cohort.image(field) == int(name) % 251).all()


def test_what_is_read_from_a_sheet_can_be_changed_without_harm(tmp_path: Path) -> None:
    cohort = _write(tmp_path / "cohort", {n: (np.full((5, 5), 7, np.uint8), None) for n in "ab"})
    for field in cohort.fields:
        cohort.image(field)
        cohort.image(field)[...] = 0
        assert (cohort.image(field) == 7).all()


def test_names_that_file_systems_cannot_tell_apart(tmp_path: Path) -> None:
    names = ["a b", "a_b", "A_B", "a/b", "../a", "", "é" * 200, "sheet-0000", "x" * 300]
    rng = np.random.default_rng(0)
    fields = {name: (rng.integers(0, 255, (130, 4), dtype=np.uint8), None) for name in names}
    cohort = _write(tmp_path / "cohort", fields | {"s": (np.ones((2, 2), np.uint8), None)})
    assert len({field.image.casefold() for field in cohort.fields}) == len(names) + 1
    for name in names:
        field = next(field for field in cohort.fields if field.field == name)
        np.testing.assert_array_equal(cohort.image(field), fields[name][0])
    assert {path.parent for path in (tmp_path / "cohort").rglob("*.ome.zarr")} == {
        tmp_path / "cohort" / "images"
    }


def test_a_second_field_of_a_name_is_refused(tmp_path: Path) -> None:
    writer = CohortWriter(tmp_path)
    writer.add(record("a"), np.zeros((4, 4), np.uint8), None)
    with pytest.raises(InputError, match="a second field 'a'; expected unique names"):
        writer.add(record("a"), np.ones((4, 4), np.uint8), None)


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a mask of 4×5 pixels; expected 4×4 pixels, as the"):
        CohortWriter(tmp_path).add(
            record("a"), np.zeros((4, 4), np.uint8), np.ones((5, 4), np.uint8)
        )
    with pytest.raises(InputError, match=r"instances of 4×5 pixels; expected 4×4 pixels"):
        CohortWriter(tmp_path / "other").add(
            record("a"), np.zeros((4, 4), np.uint8), None, np.ones((5, 4), np.uint16)
        )


def test_instances_come_back_and_only_where_they_were_told(tmp_path: Path) -> None:
    writer = CohortWriter(tmp_path / "cohort")
    generator = np.random.default_rng(0)
    numbers: dict[str, NDArray[np.uint16] | None] = {}
    for place, side in enumerate((30, 30, 150, 150)):
        has_cells = place % 2 == 0
        name = f"field {place}"
        numbers[name] = generator.integers(0, 9, (side, side), np.uint16) if has_cells else None
        image = generator.integers(0, 255, (side, side), np.uint8)
        writer.add(record(name), image, None, numbers[name])
    writer.close(name="drawn", source="drawn", source_format="drawn", cells=None, left_out=[])
    cohort = Cohort.open(tmp_path / "cohort")
    for field in cohort.fields:
        found, wanted = cohort.instances(field), numbers[field.field]
        if wanted is None:
            assert found is None
        else:
            np.testing.assert_array_equal(found, wanted)


def test_a_table_in_which_nothing_is_said_still_has_its_types(tmp_path: Path) -> None:
    writer = CohortWriter(tmp_path / "c")
    bare = replace(record("a"), patient=None, specimen=None, pattern=None, intensity=None)
    writer.add(bare, np.zeros((4, 4), np.uint8), None)
    writer.close(name="n", source="s", source_format="f", cells=None, left_out=[])
    table = pd.read_parquet(tmp_path / "c" / "fields.parquet", dtype_backend="pyarrow")
    assert str(table["patient"].dtype) == str(table["field"].dtype)
    assert Cohort.open(tmp_path / "c").fields[0].patient is None


def test_pixel_size_reaches_other_tools(tmp_path: Path) -> None:
    writer = CohortWriter(tmp_path / "c")
    sized = replace(record("a"), pixel_size_um=0.33)
    writer.add(sized, np.zeros((200, 4), np.uint8), None)
    writer.close(name="n", source="s", source_format="f", cells=None, left_out=[])
    group = zarr.open_group(tmp_path / "c" / "images" / "a.ome.zarr", mode="r")
    (multiscale,) = cast(Any, group.attrs["ome"])["multiscales"]
    assert multiscale["axes"][0]["unit"] == "micrometer"
    (scaling,) = multiscale["datasets"][0]["coordinateTransformations"]
    assert scaling["scale"] == [0.33, 0.33]
    assert Cohort.open(tmp_path / "c").fields[0].pixel_size_um == 0.33
