"""Single cells that are not those that were imported, and cohorts that hold no hash of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zarr

from anascope.cohorts import (
    Cohort,
    FieldError,
    Kind,
    MergedSource,
    check_cohort,
    import_cohort,
    open_source,
    single_cells,
)
from anascope.cohorts._description import cells_hash, fingerprint_of
from anascope.errors import InputError
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import write_mivia

STORE = Path("images/01.ome.zarr")
INSTANCES = STORE / "labels/instances"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("mivia")
    source = open_source(write_mivia(root / "set", 2), "mivia")
    return import_cohort(source, root / "cohort", source_format="mivia").path


@pytest.fixture
def path(imported: Path, tmp_path: Path) -> Path:
    shutil.copytree(imported, tmp_path / "cohort")
    return tmp_path / "cohort"


def renumber(path: Path) -> None:
    """Give all cells of a field another number."""
    array = zarr.open_array(path / INSTANCES / "0", mode="r+")
    pixels = np.asarray(array[...])
    array[...] = np.where(pixels > 0, pixels + np.uint16(1), 0).astype(np.uint16)


def lose_a_chunk(path: Path) -> None:
    shutil.rmtree(path / INSTANCES / "0" / "c")  # which reads as zeros


@pytest.mark.parametrize("change", [renumber, lose_a_chunk])
def test_other_cells_are_refused_when_they_are_read(
    path: Path, change: Callable[[Path], None]
) -> None:
    change(path)
    cohort = Cohort.open(path)
    first, second = cohort.fields
    for read in (cohort.instances, lambda record: single_cells(cohort, record)):
        with pytest.raises(FieldError) as refused:
            read(first)
        assert refused.value.kind is Kind.CHANGED
        assert refused.value.where == f"{path}, field '01' (image 01), instances"
        assert refused.value.expected == "what the import wrote"
    assert cohort.instances(first, check=False) is not None
    assert cohort.instances(second) is not None


def test_other_cells_are_refused_by_a_merge_and_listed_by_a_check(
    path: Path, tmp_path: Path
) -> None:
    renumber(path)
    cohort, other = Cohort.open(path), write_cohort(tmp_path / "other", patients(1))
    merged = MergedSource({"one": cohort, "other": other}, "both")
    with pytest.raises(InputError, match="other cells than those that were imported"):
        import_cohort(merged, tmp_path / "both", source_format="merged")
    (finding,) = check_cohort(cohort)
    assert (finding.kind, finding.where) == (Kind.CHANGED, "field '01' (image 01), instances")


def test_cells_that_are_gone_are_missed_at_once(path: Path) -> None:
    shutil.rmtree(path / INSTANCES)
    with pytest.raises(InputError, match=r"field '01': no stored instances, and a hash of them"):
        Cohort.open(path)


def test_cells_that_nobody_imported_are_refused_at_once(path: Path, tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "plain", patients(2))
    shape = cohort.image(cohort.fields[0]).shape
    group = zarr.open_group(cohort.path / "images/p0-0.ome.zarr", mode="r+")
    group.create_array("labels/instances/0", data=np.ones(shape, np.uint16))
    with pytest.raises(InputError, match=r"'p0-0': stored instances, and no hash of them"):
        Cohort.open(cohort.path)


def test_the_fingerprint_is_of_the_cells_as_well(path: Path) -> None:
    cohort = Cohort.open(path)
    table = cohort.cells()
    assert table is not None
    assert cohort.info.cells_sha256 == cells_hash(table) == cells_hash(table[::-1])
    assert cohort.info.fingerprint == fingerprint_of(cohort.fields, cohort.info.cells_sha256)
    others = [
        table.assign(phase="metaphase"),
        table.assign(chromatin=None),
        table.assign(kind="cell"),
        table[1:],
    ]
    hashes = {cells_hash(other) for other in [table, *others]}
    assert len(hashes) == 5
    assert len({fingerprint_of(cohort.fields, one) for one in hashes}) == 5
    assert cells_hash(table.assign(pattern=None)) == cohort.info.cells_sha256


def test_a_table_that_says_other_cells_is_listed_by_a_check(path: Path) -> None:
    """Even where somebody corrected the hash of the file, too."""
    description = json.loads((path / "cohort.json").read_text())
    table = pd.read_parquet(path / "cells.parquet").assign(phase=None)
    table.to_parquet(path / "cells.parquet", index=False)
    del description["tables_sha256"]
    (path / "cohort.json").write_text(json.dumps(description))
    (finding,) = check_cohort(Cohort.open(path))
    assert finding.where == str(path / "cells.parquet")
    assert finding.found == "other cells than those that were imported"


def make_older(path: Path) -> None:
    """Take out of a cohort what versions before this one did not write."""
    fields = pd.read_parquet(path / "fields.parquet").drop(columns="instances_sha256")
    fields.to_parquet(path / "fields.parquet", index=False)
    cells = pd.read_parquet(path / "cells.parquet").drop(columns=["phase", "chromatin"])
    cells.to_parquet(path / "cells.parquet", index=False)
    description = json.loads((path / "cohort.json").read_text())
    for key in ("tables_sha256", "cells_sha256", "instances_hashed"):
        del description[key]
    records = list(Cohort.open(path, check=False).fields)
    description["fingerprint"] = fingerprint_of(records)
    (path / "cohort.json").write_text(json.dumps(description))


def test_a_cohort_of_an_earlier_version_opens_and_shows_its_cells(path: Path) -> None:
    before = Cohort.open(path)
    make_older(path)
    older = Cohort.open(path)
    assert list(check_cohort(older)) == []
    for record, new in zip(older.fields, before.fields, strict=True):
        assert record.instances_sha256 is None
        known = single_cells(older, record)
        assert known is not None
        np.testing.assert_array_equal(known.instances, before.instances(new))
    renumber(path)
    assert Cohort.open(path).instances(older.fields[0]) is not None  # nothing says otherwise
