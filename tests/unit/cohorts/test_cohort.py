"""Opening prepared cohorts, sound and damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anascope.cohorts import Cohort, import_cohort, open_source
from anascope.cohorts._description import fingerprint_of
from anascope.errors import InputError
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import write_mivia, write_task1


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    return write_cohort(tmp_path / "cohort", patients(2))


def _edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))


def test_records_come_back_as_they_were(cohort: Cohort) -> None:
    bare = replace(cohort.fields[0], patient=None, pixel_size_um=0.33, mask_sha256=None)
    made = write_cohort(cohort.path.with_name("another"), [bare, *cohort.fields[1:]])
    (first, *others) = Cohort.open(made.path).fields
    assert (first.patient, first.pixel_size_um) == (None, 0.33)
    assert tuple(others) == cohort.fields[1:]
    written = pd.read_parquet(made.path / "fields.parquet")
    table = made.table()
    assert list(written) == list(table)
    for name in table:
        assert written[name].isna().tolist() == table[name].isna().tolist()
        assert written[name].dropna().tolist() == table[name].dropna().tolist()
    assert cohort.patterns == ("homogeneous", "nucleolar")
    assert cohort.intensities == ("intermediate",)


def test_the_fingerprint_is_of_the_content_in_any_order(cohort: Cohort) -> None:
    assert fingerprint_of(cohort.fields) == cohort.info.fingerprint
    assert fingerprint_of(cohort.fields[::-1]) == cohort.info.fingerprint
    assert fingerprint_of(cohort.fields[:1]) != cohort.info.fingerprint


def test_cells_are_kept_where_the_source_has_them(tmp_path: Path) -> None:
    source = open_source(write_mivia(tmp_path / "set", 1), "mivia")
    cells = import_cohort(source, tmp_path / "cohort", source_format="mivia").cells()
    assert cells is not None
    assert list(cells["kind"]) == ["cell", "mitotic_cell", "artefact"]
    assert list(cells["pattern"].dropna()) == ["homogeneous"]
    assert list(cells.loc[0, ["min_y", "min_x", "max_y", "max_x"]]) == [42, 47, 97, 102]


def test_a_cohort_without_cells_says_so(cohort: Cohort) -> None:
    assert cohort.cells() is None
    assert cohort.instances(cohort.fields[0]) is None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda p: (p / "cohort.json").unlink(), "not a prepared cohort; expected a folder with"),
        (lambda p: (p / "cohort.json").write_text("{"), r"cohort\.json: not JSON"),
        (lambda p: (p / "cohort.json").write_text("[]"), ": \\[\\]; expected an object"),
        (
            lambda p: _edit(p / "cohort.json", lambda d: d.update(version=9)),
            "version 9; expected version 1",
        ),
        (
            lambda p: _edit(p / "cohort.json", lambda d: d.pop("fingerprint")),
            "no key 'fingerprint'; expected a value for it",
        ),
        (lambda p: (p / "fields.parquet").unlink(), r"fields\.parquet: no such file"),
        (lambda p: (p / "fields.parquet").write_bytes(b"PAR1"), "expected a Parquet table"),
        (
            lambda p: pd.DataFrame({"field": ["a"]}).to_parquet(p / "fields.parquet"),
            "no column patient, specimen, .*; expected columns field, ",
        ),
    ],
)
def test_a_damaged_cohort_is_refused_in_one_line(
    cohort: Cohort, damage: Callable[[Path], object], message: str
) -> None:
    damage(cohort.path)
    with pytest.raises(InputError, match=message) as refused:
        Cohort.open(cohort.path)
    assert "\n" not in str(refused.value)


def test_a_table_with_a_gap_is_refused(cohort: Cohort) -> None:
    table = cohort.table()
    table.loc[0, "pixels_sha256"] = None
    table.to_parquet(cohort.path / "fields.parquet")
    with pytest.raises(InputError, match=r"fields\.parquet: a bad value \(.*pixels_sha256.* null"):
        Cohort.open(cohort.path)


def test_a_table_with_values_of_another_type_is_refused(cohort: Cohort) -> None:
    values: dict[str, list[Any]] = {
        "height": ["tall", "taller"],
        "pixel_size_um": ["wide", "wider"],
        "patient": [["p"], ["q"]],
    }
    for column, wrong in values.items():
        table = cohort.table().assign(**{column: pd.Series(wrong)})
        table.to_parquet(cohort.path / "fields.parquet")
        with pytest.raises(InputError, match=r"fields\.parquet: a bad value") as caught:
            Cohort.open(cohort.path)
        assert "\n" not in str(caught.value)


def test_a_patient_whom_somebody_made_a_number_is_a_name_again(cohort: Cohort) -> None:
    table = cohort.table()
    table["patient"] = [7, 8]
    table.to_parquet(cohort.path / "fields.parquet")
    opened = Cohort.open(cohort.path, check=False)
    assert [record.patient for record in opened.fields] == ["7", "8"]


def test_an_image_that_is_gone_names_field_and_place(cohort: Cohort) -> None:
    shutil.rmtree(cohort.path / "images" / "p0-0.ome.zarr")
    with pytest.raises(InputError, match=r"p0-0\.ome\.zarr: field 'p0-0' cannot be read"):
        cohort.image(cohort.fields[0])
    assert cohort.image(cohort.fields[1]).shape == (150, 200)


def test_a_damaged_part_of_a_sheet_costs_only_its_own_cells(tmp_path: Path) -> None:
    source = open_source(write_task1(tmp_path / "set", 20), "i3a-task1")
    cohort = import_cohort(source, tmp_path / "cohort", source_format="i3a-task1")
    chunk = cohort.path / "images" / "sheet-0000.ome.zarr" / "0" / "c" / "0" / "0"
    chunk.write_bytes(b"damaged")
    with pytest.raises(InputError, match="field '00001' cannot be read"):
        cohort.image(cohort.fields[0])
    assert np.asarray(cohort.image(cohort.fields[-1])).any()


def test_labels_are_optional(tmp_path: Path) -> None:
    from tests.small_cohort import record

    bare = record("a", patient=None, pattern=None, intensity=None)
    cohort = write_cohort(tmp_path / "c", [bare], masks=False)
    (field,) = cohort.fields
    assert (field.patient, field.pattern, field.intensity, field.has_mask) == (
        None,
        None,
        None,
        False,
    )
    assert cohort.mask(field) is None
    assert cohort.info.counts["missing"]["mask"] == 1
