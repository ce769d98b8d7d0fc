"""What an import refuses, leaves out, warns of, and leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anascope.cohorts import Cohort, Source, SourceField, import_cohort, open_source
from anascope.errors import InputError
from tests.refusals import refused
from tests.source_layouts import draw, write_csv, write_image

HEADER = ["image", "patient", "pattern"]


def _table(root: Path, rows: list[list[str]], *, same: bool = False) -> Path:
    """Write a table of images; with ``same`` they all have the same pixels."""
    for number, (image, *_) in enumerate(rows):
        write_image(root / image, draw(0 if same else number).image)
    return write_csv(root / "table.csv", [HEADER, *rows])


def _imported(path: Path, *, skip_bad: bool = False) -> Cohort:
    return import_cohort(
        open_source(path, "table"),
        path.parent.parent / "cohort",
        source_format="table",
        skip_bad=skip_bad,
    )


def test_the_same_pixels_under_two_patients_are_refused(tmp_path: Path) -> None:
    rows = [["a.png", "1", "golgi"], ["b.png", "2", "golgi"]]
    with refused(
        where="b.png",
        found="field 'b' of patient '2' has the same pixels as field 'a' (a.png) of patient '1'",
        expected="an image that belongs to one patient",
    ):
        _imported(_table(tmp_path / "set", rows, same=True))
    assert not (tmp_path / "cohort").exists()


def test_skip_bad_leaves_out_the_later_of_the_two(tmp_path: Path) -> None:
    rows = [["a.png", "1", "golgi"], ["b.png", "2", "golgi"], ["c.png", "1", "golgi"]]
    cohort = _imported(_table(tmp_path / "set", rows, same=True), skip_bad=True)
    assert [record.field for record in cohort.fields] == ["a", "c"]
    (line,) = cohort.info.left_out
    assert line.startswith("b.png: field 'b' of patient '2' has the same pixels as field 'a'")


@pytest.mark.parametrize("patients", [("", ""), ("1", "")])
def test_the_same_pixels_with_an_unknown_patient_are_a_warning(
    tmp_path: Path, patients: tuple[str, str]
) -> None:
    rows = [[f"{name}.png", patient, ""] for name, patient in zip("ab", patients, strict=True)]
    cohort = _imported(_table(tmp_path / "set", rows, same=True))
    assert len(cohort) == 2
    (line,) = cohort.info.warnings
    assert "of an unknown patient has the same pixels as field 'a'" in line


def test_a_patient_with_two_patterns_is_imported_with_a_warning(tmp_path: Path) -> None:
    rows = [["a.png", "1", "golgi"], ["b.png", "1", "homogeneous"]]
    cohort = _imported(_table(tmp_path / "set", rows))
    assert len(cohort) == 2
    assert cohort.info.warnings == [
        "patient '1': patterns golgi (field 'a'), homogeneous (field 'b'); expected one pattern, "
        "unless the serum is mixed"
    ]
    assert Cohort.open(cohort.path).info.warnings == cohort.info.warnings


def test_an_unknown_label_names_row_and_nearest(tmp_path: Path) -> None:
    rows = [["a.png", "1", "golgi"], ["b.png", "1", "homogenous"]]
    with pytest.raises(
        InputError, match=r"table\.csv, row 3: unknown pattern 'homogenous'; .*'homogeneous'\?\)"
    ):
        _imported(_table(tmp_path / "set", rows))


def test_all_that_is_wrong_with_a_field_is_in_its_line(tmp_path: Path) -> None:
    path = _table(tmp_path / "set", [["a.png", "1", "golgi"], ["b.png", "1", "homogenous"]])
    (tmp_path / "set" / "b.png").write_bytes(b"")
    (line,) = _imported(path, skip_bad=True).info.left_out
    assert "unknown pattern 'homogenous'" in line
    assert line.endswith("(also: unreadable image)")


def test_a_set_without_a_usable_field_is_refused(tmp_path: Path) -> None:
    path = _table(tmp_path / "set", [["a.png", "1", "homogenous"]])
    with pytest.raises(InputError, match=r"no usable field \(.*homogenous.*\); expected at least"):
        _imported(path, skip_bad=True)
    write_csv(path, [HEADER])
    with pytest.raises(InputError, match="a header without rows; expected a row for each image"):
        _imported(path)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "set"]


def test_an_existing_folder_is_not_written_to(tmp_path: Path) -> None:
    path = _table(tmp_path / "set", [["a.png", "1", "golgi"]])
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cohort" / "precious").touch()
    with pytest.raises(InputError, match="exists already; expected a new or an empty folder"):
        _imported(path)
    assert [file.name for file in (tmp_path / "cohort").iterdir()] == ["precious"]


class _FailsAfterOne(Source):
    name = "failing"

    def __init__(self, path: Path, failure: BaseException) -> None:
        super().__init__(path)
        self._failure = failure

    def __len__(self) -> int:
        return 2

    def fields(self) -> Iterator[SourceField | InputError]:
        image = np.zeros((200, 200), np.uint8)
        yield SourceField("a", "a", "a.png", read_image=lambda: image)
        raise self._failure


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), MemoryError(), ZeroDivisionError()])
def test_whatever_stops_an_import_nothing_is_left_behind(
    tmp_path: Path, failure: BaseException
) -> None:
    source = _FailsAfterOne(tmp_path, failure)
    with pytest.raises(type(failure)):
        import_cohort(source, tmp_path / "new" / "cohort", source_format="failing")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_for_good_and_bad_fields(tmp_path: Path) -> None:
    path = _table(tmp_path / "set", [["a.png", "1", "golgi"], ["b.png", "1", "homogenous"]])
    calls = []
    import_cohort(
        open_source(path, "table"),
        tmp_path / "cohort",
        source_format="table",
        skip_bad=True,
        on_field=lambda: calls.append(1),
    )
    assert len(calls) == 2
