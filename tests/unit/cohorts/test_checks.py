"""Every finding, shown by planting the fault."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import zarr

from anascope.cohorts import (
    Cohort,
    Finding,
    Kind,
    Severity,
    check_cohort,
    check_source,
    import_cohort,
    open_source,
)
from anascope.cohorts.sources._findings import FieldError
from anascope.errors import InputError
from tests.small_cohort import patients, write_cohort
from tests.source_layouts import draw, write_image, write_mivia, write_table


@dataclass(frozen=True)
class Planted:
    """A fault in the second of three fields of a plain table, and what must be said of it."""

    plant: Callable[[Path], object]
    kind: Kind
    found: str
    expected: str
    severity: Severity = Severity.ERROR


def _replace(root: Path, old: str, new: str) -> None:
    path = root / "table.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


def _duplicate_of_nobody(root: Path) -> None:
    write_image(root / "images/f2.png", draw(1).image)
    _replace(root, "png,2,s2", "png,,")


def _two_patterns(root: Path) -> None:
    _replace(root, "png,2,s2,AC-1", "png,1,s1,golgi")


SOURCE_FAULTS = {
    "truncated image": Planted(
        lambda root: _cut(root / "images/f2.png"),
        Kind.UNREADABLE,
        "a damaged or truncated PNG file",
        "a whole image file",
    ),
    "truncated mask": Planted(
        lambda root: _cut(root / "masks/f2.png"),
        Kind.UNREADABLE,
        "a damaged or truncated PNG file",
        "a whole image file",
    ),
    "image of another kind": Planted(
        lambda root: (root / "images/f2.png").write_text("not an image"),
        Kind.UNREADABLE,
        "a text file",
        "an image file: PNG, JPEG, BMP or TIFF",
    ),
    "missing image": Planted(
        lambda root: (root / "images/f2.png").unlink(),
        Kind.UNREADABLE,
        "no such file",
        "an image file",
    ),
    "mask of another size": Planted(
        lambda root: write_image(root / "masks/f2.png", draw(2, (140, 149)).mask),
        Kind.MASK_SIZE,
        "a mask of 149×140 pixels",
        "150×140 pixels, as the image",
    ),
    "empty mask": Planted(
        lambda root: write_image(root / "masks/f2.png", np.zeros((140, 150), np.uint8)),
        Kind.EMPTY_MASK,
        "an empty mask",
        "at least one cell",
    ),
    "unknown pattern": Planted(
        lambda root: _replace(root, "s2,AC-1", "s2,nucleollar"),
        Kind.UNKNOWN_LABEL,
        "unknown pattern 'nucleollar'",
        "did you mean 'nucleolar'?",
    ),
    "unknown intensity": Planted(
        lambda root: _replace(root, "s2,AC-1,positive", "s2,AC-1,positiv"),
        Kind.UNKNOWN_LABEL,
        "unknown intensity 'positiv'",
        "did you mean 'positive'?",
    ),
    "two patterns": Planted(
        _two_patterns,
        Kind.TWO_PATTERNS,
        "patterns homogeneous (field 'f1'), golgi (field 'f2')",
        "one pattern, unless the serum is mixed",
        Severity.WARNING,
    ),
    "specimen under two patients": Planted(
        lambda root: _replace(root, "2,s2", "2,s1"),
        Kind.TWO_PATIENTS,
        "patients 1 (field 'f1'), 2 (field 'f2')",
        "a specimen name that belongs to one patient",
        Severity.WARNING,
    ),
    "duplicated pixels": Planted(
        lambda root: write_image(root / "images/f2.png", draw(1).image),
        Kind.DUPLICATE,
        "field 'f2' of patient '2' has the same pixels as field 'f1' (images/f1.png)",
        "an image that belongs to one patient",
    ),
    "duplicated pixels, patient unknown": Planted(
        _duplicate_of_nobody,
        Kind.DUPLICATE,
        "field 'f2' of an unknown patient has the same pixels",
        "an image that belongs to one patient",
        Severity.WARNING,
    ),
    "bad row": Planted(
        lambda root: _replace(root, "f2.png,2", "f2.png"),
        Kind.BAD_ENTRY,
        "6 cells",
        "7, as the header has",
    ),
}


@pytest.mark.parametrize("fault", SOURCE_FAULTS.values(), ids=SOURCE_FAULTS.keys())
def test_a_fault_of_a_source_is_found(tmp_path: Path, fault: Planted) -> None:
    path = write_table(tmp_path)
    fault.plant(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    (finding,) = check_source(open_source(path, "table"))
    assert (finding.kind, finding.severity) == (fault.kind, fault.severity)
    assert fault.found in finding.found
    assert fault.expected in finding.expected
    assert finding.where
    assert sorted(tmp_path.rglob("*")) == before


def test_where_names_file_row_or_patient(tmp_path: Path) -> None:
    path = write_table(tmp_path, 4)
    _cut(tmp_path / "images/f1.png")
    write_image(tmp_path / "masks/f2.png", np.zeros((140, 150), np.uint8))
    _replace(tmp_path, "s3,AC-1", "s3,nucleollar")
    where = [finding.where for finding in check_source(open_source(path, "table"))]
    assert where == [str(tmp_path / "images/f1.png"), "masks/f2.png", f"{path}, row 4"]


def test_all_faults_of_a_set_are_found_at_once(tmp_path: Path) -> None:
    path = write_table(tmp_path, 5)
    _cut(tmp_path / "images/f1.png")
    _replace(tmp_path, "s1,AC-1,positive", "s1,wrong,wronger")
    write_image(tmp_path / "masks/f2.png", np.zeros((10, 10), np.uint8))
    write_image(tmp_path / "images/f4.png", draw(3).image)
    _replace(tmp_path, "png,5,s5,AC-1", "png,3,s5,golgi")
    kinds = [finding.kind for finding in check_source(open_source(path, "table"))]
    assert kinds == [
        Kind.UNKNOWN_LABEL,
        Kind.UNKNOWN_LABEL,
        Kind.UNREADABLE,
        Kind.MASK_SIZE,
        Kind.EMPTY_MASK,
        Kind.DUPLICATE,
        Kind.TWO_PATTERNS,
    ]


def test_a_family_and_its_member_are_not_two_patterns(tmp_path: Path) -> None:
    path = write_table(tmp_path, 2)
    _replace(tmp_path, "1,s1,AC-1", "1,s1,speckled")
    _replace(tmp_path, "2,s2,AC-1", "1,s1,fine speckled")
    assert list(check_source(open_source(path, "table"))) == []


def test_the_same_pixels_of_one_patient_are_no_finding(tmp_path: Path) -> None:
    path = write_table(tmp_path, 2)
    write_image(tmp_path / "images/f2.png", draw(1).image)
    _replace(tmp_path, "png,2,s2", "png,1,s2")
    assert list(check_source(open_source(path, "table"))) == []


def test_an_unknown_word_in_a_table_of_cells_is_found(tmp_path: Path) -> None:
    write_mivia(tmp_path, 1)
    table = tmp_path / "Main_Dataset/Images/01/01.csv"
    table.write_bytes(table.read_bytes().replace(b"positive;2;", b"bright;2;"))
    (finding,) = check_source(open_source(tmp_path, "mivia"))
    assert finding.kind is Kind.UNKNOWN_LABEL
    assert finding.where == "Main_Dataset/Images/01/01.csv, cell 2"


def test_a_mivia_mask_of_another_size_is_found(tmp_path: Path) -> None:
    write_mivia(tmp_path, 1)
    mask = tmp_path / "Main_Dataset/Images/01/01_mask.bmp"
    write_image(mask, draw(1, (140, 120)).mask)
    (finding,) = check_source(open_source(tmp_path, "mivia"))
    assert finding.kind is Kind.MASK_SIZE


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    return write_cohort(tmp_path / "cohort", patients(3))


def _overwrite(cohort: Cohort, name: str, array: str, value: int) -> None:
    group = zarr.open_group(cohort.path / "images" / f"{name}.ome.zarr", mode="r+")
    pixels = group[array]
    assert isinstance(pixels, zarr.Array)
    pixels[...] = value


def _found(cohort: Cohort) -> list[tuple[Kind, str]]:
    opened = Cohort.open(cohort.path, check=False)
    return [(finding.kind, finding.where) for finding in check_cohort(opened)]


def test_pixels_that_changed_are_found(cohort: Cohort) -> None:
    _overwrite(cohort, "p1-0", "0", 7)
    assert _found(cohort) == [(Kind.CHANGED, "field 'p1-0' (image p1-0)")]


def test_a_mask_that_changed_is_found(cohort: Cohort) -> None:
    _overwrite(cohort, "p1-0", "labels/mask/0", 0)
    place = "field 'p1-0' (image p1-0), mask"
    assert _found(cohort) == [(Kind.EMPTY_MASK, place), (Kind.CHANGED, place)]


def test_a_lost_chunk_is_found_although_it_reads_as_black(cohort: Cohort) -> None:
    (cohort.path / "images/p1-0.ome.zarr/0/c/0/0").unlink()
    assert _found(cohort) == [(Kind.CHANGED, "field 'p1-0' (image p1-0)")]


@pytest.mark.parametrize("array", ["0", "labels/mask/0"])
def test_a_truncated_chunk_is_found(cohort: Cohort, array: str) -> None:
    chunk = cohort.path / "images/p1-0.ome.zarr" / array / "c/0/0"
    chunk.write_bytes(chunk.read_bytes()[:20])
    assert _found(cohort) == [(Kind.UNREADABLE, str(cohort.path / "images/p1-0.ome.zarr"))]


def test_a_mask_of_another_size_in_a_cohort_is_found(cohort: Cohort) -> None:
    group = zarr.open_group(cohort.path / "images/p1-0.ome.zarr", mode="r+")
    group.create_array("labels/mask/0", data=np.ones((9, 9), np.uint8), overwrite=True)
    assert [kind for kind, _ in _found(cohort)] == [Kind.MASK_SIZE]


def test_an_edited_table_is_found(cohort: Cohort) -> None:
    table = cohort.table()
    table.loc[1, "pattern"] = "nucleolr"
    table.loc[2, "patient"] = "p0"
    table.loc[0, "pattern"] = "golgi"
    table.to_parquet(cohort.path / "fields.parquet")
    assert _found(cohort) == [
        (Kind.CHANGED, str(cohort.path / "fields.parquet")),
        (Kind.CHANGED, f"{cohort.path / 'cohort.json'}, fingerprint"),
        (Kind.UNKNOWN_LABEL, "field 'p1-0'"),
        (Kind.TWO_PATTERNS, "patient 'p0'"),
    ]


def test_a_field_that_cannot_be_read_hides_none_of_its_sheet(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "sheet", patients(3), shape=(70, 80))
    table = cohort.table()
    table.loc[0, "width"] = 10**6
    table.to_parquet(cohort.path / "fields.parquet")
    _overwrite(cohort, "sheet-0000", "0", 7)
    assert [where for _, where in _found(cohort)] == [
        str(cohort.path / "fields.parquet"),
        f"{cohort.path / 'fields.parquet'}, field 'p0-0'",
        "field 'p1-0' (image sheet-0000)",
        "field 'p2-0' (image sheet-0000)",
        "p2-0.tif",  # the same pixels as those of another patient
    ]


def test_duplicates_in_a_cohort_are_found_by_their_pixels(cohort: Cohort) -> None:
    _overwrite(cohort, "p1-0", "0", 7)
    _overwrite(cohort, "p2-0", "0", 7)
    kinds = [kind for kind, _ in _found(cohort)]
    assert kinds == [Kind.CHANGED, Kind.CHANGED, Kind.DUPLICATE]


def test_a_second_field_of_a_name_is_found(cohort: Cohort) -> None:
    table = cohort.table()
    table.loc[1, "field"] = "p0-0"
    table.to_parquet(cohort.path / "fields.parquet")
    assert [kind for kind, _ in _found(cohort)] == [Kind.CHANGED, Kind.CHANGED, Kind.BAD_ENTRY]


def test_findings_are_data() -> None:
    finding = Finding(Kind.EMPTY_MASK, Severity.ERROR, "a.png", "an empty mask", "a cell")
    assert str(finding) == "a.png: an empty mask; expected a cell"
    error = finding.as_error()
    assert Finding.of(error, Kind.UNREADABLE) == finding
    copied = pickle.loads(pickle.dumps(error))
    assert isinstance(copied, FieldError)
    assert (copied.kind, str(copied)) == (Kind.EMPTY_MASK, str(error))
    plain = InputError("a.png", "x", "y")
    assert Finding.of(plain, Kind.UNREADABLE).kind is Kind.UNREADABLE


def test_what_a_check_refuses_an_import_refuses(tmp_path: Path) -> None:
    for name, fault in SOURCE_FAULTS.items():
        root = tmp_path / name
        path = write_table(root)
        fault.plant(root)
        source = open_source(path, "table")
        if fault.severity is Severity.WARNING:
            cohort = import_cohort(source, root / "cohort", source_format="table")
            assert len(cohort.info.warnings) == 1
        else:
            with pytest.raises(InputError):
                import_cohort(source, root / "cohort", source_format="table")
