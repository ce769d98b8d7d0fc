"""The I3A Task 1 cells, in their archive and out of it."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from anascope.cohorts import SourceField, import_cohort, open_source
from anascope.cohorts._reading import inspect_fields
from anascope.cohorts.sources import I3aTask1Source
from anascope.errors import InputError
from tests.source_layouts import add_to_tar, draw_cell, png_bytes, write_csv, write_task1


def _items(path: Path) -> list[SourceField | InputError]:
    return list(open_source(path, "i3a-task1").fields())


def test_nobody_is_said_to_be_the_patient(tmp_path: Path) -> None:
    write_task1(tmp_path, 2)
    source = open_source(tmp_path, "i3a-task1")
    cohort = import_cohort(source, tmp_path / "cohort", source_format="i3a-task1")
    for record in cohort.fields:
        assert record.patient is record.intensity is None
        assert record.split_unit == record.specimen
    assert [r.specimen for r in cohort.fields] == ["numem-01", "homogeneous-01"]
    assert cohort.info.gap == 10
    assert "2 specimens are recovered" in cohort.info.warnings[-1]
    assert "not published" in cohort.info.warnings[-1]
    assert [record.pattern for record in cohort.fields] == ["nuclear envelope", "homogeneous"]
    assert {record.image for record in cohort.fields} == {"sheet-0000"}


def test_as_published_no_specimen_is_known(tmp_path: Path) -> None:
    source = I3aTask1Source(write_task1(tmp_path, 2), recover=False)
    cohort = import_cohort(source, tmp_path / "cohort", source_format="i3a-task1")
    assert {record.specimen for record in cohort.fields} == {None}
    assert cohort.info.gap == 0
    assert not any("recovered" in line for line in cohort.info.warnings)


def test_the_archive_and_the_folder_are_one_set(tmp_path: Path) -> None:
    prints = [
        import_cohort(
            open_source(write_task1(tmp_path / str(archive), archive=archive), "i3a-task1"),
            tmp_path / f"{archive}-cohort",
            source_format="i3a-task1",
        ).info.fingerprint
        for archive in (True, False)
    ]
    assert prints[0] == prints[1]


def test_nothing_is_taken_out_of_the_archive(tmp_path: Path) -> None:
    write_task1(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert all(not item.findings for item in inspect_fields(open_source(tmp_path, "i3a-task1")))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_spreadsheet_dropped_the_zeros(tmp_path: Path) -> None:
    write_task1(tmp_path, 2)
    rows: list[list[object]] = [["Image ID", "Image class"], [1, "Golgi"], [2, "Golgi"]]
    write_csv(tmp_path / "gt_training.csv", rows)
    assert [item.field for item in _items(tmp_path) if isinstance(item, SourceField)] == [
        "00001",
        "00002",
    ]


def test_an_archive_that_breaks_off_still_gives_what_it_has(tmp_path: Path) -> None:
    write_task1(tmp_path, 4)
    archive = tmp_path / "training.tar"
    content = archive.read_bytes()
    archive.write_bytes(content[: content.index(b"training/00003.png") + 700])
    items = list(inspect_fields(open_source(tmp_path, "i3a-task1")))
    assert [bool(item.findings) for item in items] == [False, False, True, True]
    assert "training.tar, 00003.png: " in str(items[2].findings[0])
    assert "truncated archive" in str(items[3].findings[0])


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    write_task1(tmp_path)
    (tmp_path / "training.tar").write_bytes(b"not a tar file" * 100)
    with pytest.raises(InputError, match=r"no images \(.*\); expected a whole tar archive"):
        open_source(tmp_path, "i3a-task1")


def test_a_cell_without_an_image_and_an_image_without_a_row(tmp_path: Path) -> None:
    write_task1(tmp_path, 1)
    with tarfile.open(tmp_path / "training.tar", "a") as tar:
        add_to_tar(tar, "training/00009.png", png_bytes(draw_cell(9).image))
        add_to_tar(tar, "training/readme.txt", b"hello")
    with (tmp_path / "gt_training.csv").open("a") as table:
        table.write("00005,Golgi\n00001,Golgi\n,Golgi\n")
    source = open_source(tmp_path, "i3a-task1")
    items = list(inspect_fields(source))
    assert len(items) == len(source) == 5
    assert items[0].findings == ()
    messages = [str(item.findings[0]) for item in items[1:]]
    assert "00005.png: no such image; expected an image of a cell" in messages[0]
    assert "Image ID '00001' a second time (first in " in messages[1]
    assert "no Image ID; expected the number of a cell" in messages[2]
    assert "00009.png: an image that the table lacks; expected a row in " in messages[3]


def test_a_cell_without_a_mask_is_taken_without_one(tmp_path: Path) -> None:
    write_task1(tmp_path, 2, archive=False)
    (tmp_path / "training" / "00002_Mask.png").unlink()
    cohort = import_cohort(
        open_source(tmp_path, "i3a-task1"), tmp_path / "cohort", source_format="i3a-task1"
    )
    assert [record.has_mask for record in cohort.fields] == [True, False]
    assert cohort.mask(cohort.fields[1]) is None
    assert cohort.info.counts["missing"]["mask"] == 1


@pytest.mark.parametrize("lost", ["gt_training.csv", "training.tar"])
def test_what_is_missing_is_named(tmp_path: Path, lost: str) -> None:
    write_task1(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(InputError, match=f"no {lost}"):
        open_source(tmp_path, "i3a-task1")
