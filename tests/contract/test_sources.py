"""What every layout must keep to, whatever its files look like."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import pytest
import zarr
from ome_zarr_models import open_ome_zarr

from anascope.cohorts import (
    SOURCES,
    Cohort,
    SourceField,
    check_cohort,
    check_source,
    import_cohort,
    open_source,
)
from anascope.cohorts._reading import inspect_fields
from anascope.cohorts.sources._cut_field import FIELD_SHAPE
from anascope.errors import InputError
from anascope.records import MaskValue
from tests.source_layouts import (
    Drawn,
    draw,
    draw_cell,
    write_csv,
    write_fields,
    write_image,
    write_mivia,
    write_table,
    write_task1,
    write_task2,
    write_task2_cut,
)


class SourceContract(ABC):
    """Inherit it, say how to write and to spoil a tiny set, and the tests are there."""

    format_name: str
    count = 3

    @abstractmethod
    def write(self, root: Path) -> Path:
        """Write a sound set of :attr:`count` fields and return what to open."""

    @abstractmethod
    def truth(self, place: int) -> Drawn:
        """Return the pixels of a field."""

    @abstractmethod
    def spoil_image(self, root: Path) -> None:
        """Cut off the image of the second field."""

    @abstractmethod
    def spoil_entry(self, root: Path) -> None:
        """Make the entry of the second field one that the layout does not allow."""

    def imported(self, root: Path, destination: Path, *, skip_bad: bool = False) -> Cohort:
        source = open_source(root, self.format_name)
        return import_cohort(source, destination, source_format=self.format_name, skip_bad=skip_bad)

    def test_fields_come_in_a_fixed_order(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "set")
        once, again = (
            [field.field for field in open_source(path, self.format_name).fields()]  # type: ignore[union-attr]
            for _ in range(2)
        )
        assert once == again == sorted(once)

    def test_names_are_unique_and_their_number_is_told(self, tmp_path: Path) -> None:
        source = open_source(self.write(tmp_path / "set"), self.format_name)
        names = [field.field for field in source.fields() if isinstance(field, SourceField)]
        assert len(set(names)) == len(names) == len(source) == self.count

    def test_files_are_named_as_seen_from_the_source(self, tmp_path: Path) -> None:
        source = open_source(self.write(tmp_path / "set"), self.format_name)
        for field in source.fields():
            assert isinstance(field, SourceField)
            assert not Path(field.source_image).is_absolute()
            assert field.source_mask is None or not Path(field.source_mask).is_absolute()

    def test_a_sound_set_has_no_findings(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "set")
        assert list(check_source(open_source(path, self.format_name))) == []
        assert list(check_cohort(self.imported(path, tmp_path / "cohort"))) == []

    def test_pixels_and_masks_come_through_unchanged(self, tmp_path: Path) -> None:
        cohort = self.imported(self.write(tmp_path / "set"), tmp_path / "cohort")
        for place, record in enumerate(cohort.fields):
            truth, mask = self.truth(place), cohort.mask(record)
            np.testing.assert_array_equal(cohort.image(record), truth.image)
            assert mask is not None
            np.testing.assert_array_equal(mask == MaskValue.CELL, truth.cells)
            assert (record.window.height, record.window.width) == truth.image.shape

    def test_the_same_set_gives_the_same_fingerprint(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "set")
        (tmp_path / "elsewhere").mkdir()
        moved = self.write(tmp_path / "elsewhere" / "another name")
        cohorts = [
            self.imported(path, tmp_path / "one"),
            self.imported(path, tmp_path / "two"),
            self.imported(moved, tmp_path / "three"),
        ]
        assert len({cohort.info.fingerprint for cohort in cohorts}) == 1
        assert cohorts[0].fields == cohorts[1].fields

    def test_an_unreadable_image_is_one_finding_and_the_rest_is_read(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "set")
        self.spoil_image(tmp_path / "set")
        items = list(inspect_fields(open_source(path, self.format_name)))
        assert [len(item.findings) for item in items] == [0, 1, 0][: self.count]
        assert "expected" in str(items[1].findings[0])

    def test_a_bad_entry_stands_as_an_error_among_the_fields(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "set")
        self.spoil_entry(tmp_path / "set")
        source = open_source(path, self.format_name)
        items = list(source.fields())
        assert len(items) == len(source)
        assert any(isinstance(item, InputError) for item in items)
        assert sum(isinstance(item, SourceField) for item in items) == self.count - 1

    @pytest.mark.parametrize("fault", ["image", "entry"])
    def test_a_refused_import_leaves_nothing(self, tmp_path: Path, fault: str) -> None:
        path = self.write(tmp_path / "set")
        getattr(self, f"spoil_{fault}")(tmp_path / "set")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(InputError, match="; expected "):
            self.imported(path, tmp_path / "deep" / "er" / "cohort")
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("fault", ["image", "entry"])
    def test_skip_bad_imports_the_rest_and_lists_what_it_left(
        self, tmp_path: Path, fault: str
    ) -> None:
        path = self.write(tmp_path / "set")
        getattr(self, f"spoil_{fault}")(tmp_path / "set")
        cohort = self.imported(path, tmp_path / "cohort", skip_bad=True)
        assert len(cohort) == self.count - 1
        assert cohort.info.left_out
        assert all("; expected " in line and "\n" not in line for line in cohort.info.left_out)

    def test_every_image_opens_as_ome_zarr(self, tmp_path: Path) -> None:
        cohort = self.imported(self.write(tmp_path / "set"), tmp_path / "cohort")
        images = sorted((cohort.path / "images").iterdir())
        assert images
        for image in images:
            group = zarr.open_group(image, mode="r")
            assert type(open_ome_zarr(group)).__name__ == "Image"
            assert type(open_ome_zarr(group["labels/mask"])).__name__ == "ImageLabel"

    def test_an_empty_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match="; expected "):
            open_source(tmp_path / "empty", self.format_name)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _drop_line(path: Path, containing: str, instead: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = [instead if containing in line else line for line in lines]
    assert changed != lines
    path.write_text("\n".join(changed), encoding="utf-8")


class TestMivia(SourceContract):
    format_name = "mivia"

    def write(self, root: Path) -> Path:
        return write_mivia(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw(place + 1)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "Main_Dataset/Images/02/02.bmp")

    def spoil_entry(self, root: Path) -> None:
        (root / "Main_Dataset/Images/02/02.csv").write_bytes(b"something;else\r1;2")


class TestI3aTask2(SourceContract):
    format_name = "i3a-task2"

    def write(self, root: Path) -> Path:
        return write_task2(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw(place + 1)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "002_1.tif")

    def spoil_entry(self, root: Path) -> None:
        (root / "002_1.tif").unlink()


class TestI3aTask2Cut(SourceContract):
    format_name = "i3a-task2"
    count = 2

    def write(self, root: Path) -> Path:
        return write_task2_cut(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw(place + 1, FIELD_SHAPE)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "002_1_07.tif")

    def spoil_entry(self, root: Path) -> None:
        (root / "002_1_07.tif").unlink()


class TestI3aTask1Archive(SourceContract):
    format_name = "i3a-task1"

    def write(self, root: Path) -> Path:
        return write_task1(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw_cell(place + 1)

    def spoil_image(self, root: Path) -> None:
        archive = root / "training.tar"
        content = bytearray(archive.read_bytes())
        start = content.index(b"IDAT", content.index(b"training/00002.png"))
        content[start + 4 : start + 40] = bytes(36)
        archive.write_bytes(content)

    def spoil_entry(self, root: Path) -> None:
        _drop_line(root / "gt_training.csv", "00002", "00002")


class TestI3aTask1Folder(TestI3aTask1Archive):
    def write(self, root: Path) -> Path:
        return write_task1(root, self.count, archive=False)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "training/00002.png")


class TestI3aFields(SourceContract):
    format_name = "i3a-fields"

    def write(self, root: Path) -> Path:
        return write_fields(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw(place + 1)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "002.png")

    def spoil_entry(self, root: Path) -> None:
        _drop_line(root / "fields.csv", "002", "002")


class TestTable(SourceContract):
    format_name = "table"

    def write(self, root: Path) -> Path:
        return write_table(root, self.count)

    def truth(self, place: int) -> Drawn:
        return draw(place + 1)

    def spoil_image(self, root: Path) -> None:
        _cut_off(root / "images/f2.png")

    def spoil_entry(self, root: Path) -> None:
        _drop_line(root / "table.csv", "f2.png", ",masks/f2.png,2,s2,AC-1,positive,0.33")

    def test_an_empty_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "empty.csv").touch()
        for path in (tmp_path / "empty.csv", tmp_path):
            with pytest.raises(InputError, match="; expected "):
                open_source(path, self.format_name)


def test_every_layout_has_a_contract() -> None:
    tested = {case.format_name for case in _layouts()}
    assert tested == set(SOURCES)


def _layouts() -> list[type[SourceContract]]:
    return [TestMivia, TestI3aTask2, TestI3aTask2Cut, TestI3aTask1Archive, TestI3aFields, TestTable]


def test_a_set_is_the_same_cut_or_whole(tmp_path: Path) -> None:
    cut = write_task2_cut(tmp_path / "cut", 1)
    whole = tmp_path / "whole"
    shutil.copytree(cut, whole, ignore=shutil.ignore_patterns("*.tif"))
    field = draw(1, FIELD_SHAPE)
    write_image(whole / "001_1.tif", field.image)
    write_image(whole / "001_1_Mask.tif", field.mask)
    write_csv(
        whole / "table.csv",
        [["Image", "Mask", "Label", "Intensity"], ["001_1", "001_1_Mask", "golgi", "positive"]],
    )
    one, other = (
        import_cohort(open_source(root, "i3a-task2"), tmp_path / name, source_format="i3a-task2")
        for root, name in ((cut, "a"), (whole, "b"))
    )
    assert one.fields[0].pixels_sha256 == other.fields[0].pixels_sha256
    assert one.fields[0].mask_sha256 == other.fields[0].mask_sha256
    assert one.fields[0].patient == other.fields[0].patient == "1"
