"""The single cells of a field as truth to learn from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anascope.cohorts import (
    Cohort,
    DrawnSource,
    MergedSource,
    import_cohort,
    open_source,
    single_cells,
)
from anascope.cohorts._cells_table import table_from_cells
from anascope.cohorts._writer import CohortWriter
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.records import CellRecord
from anascope.synthetic import I3A, Drawing, Population
from anascope.words import PHASES
from tests.small_cohort import patients, record, write_cohort
from tests.source_layouts import write_mivia


def a_cell(number: str, **known: str) -> CellRecord:
    return CellRecord("one", number, known.pop("kind", "cell"), None, None, 0, 0, 1, 1, **known)  # type: ignore[arg-type]


def cohort_of(path: Path, cells: list[CellRecord], table: pd.DataFrame | None = None) -> Cohort:
    """Return a cohort of one field with the cells 1, 2 and 5."""
    instances = np.zeros((150, 160), np.uint16)
    instances[:9, :9], instances[:9, 9:20], instances[40:60, 40:60] = 1, 2, 5
    image = np.full(instances.shape, 7, np.uint8)
    with new_folder(path) as folder:
        writer = CohortWriter(folder)
        writer.add(record("one"), image, (instances > 0).astype(np.uint8), instances)
        table = table_from_cells(cells) if table is None else table
        writer.close(name="n", source="s", source_format="f", cells=table, left_out=[])
    return Cohort.open(path)


def names(allowed: np.ndarray) -> list[str]:
    return [phase for phase, is_allowed in zip(PHASES, allowed, strict=True) if is_allowed]


def test_what_is_known_of_a_cell_is_found_by_its_number(tmp_path: Path) -> None:
    cells = [
        a_cell("5", kind="mitotic_cell", phase="telophase", chromatin="stained"),
        a_cell("001", phase="interphase"),
        a_cell("2", kind="artefact"),
        a_cell("7", kind="mitotic_cell", phase="mitosis", chromatin="unstained"),
    ]
    cohort = cohort_of(tmp_path / "c", cells)
    known = single_cells(cohort, cohort.fields[0])
    assert known is not None
    assert known.instances.dtype == np.int32
    assert known.instances[50, 50] == 5
    assert known.phases.shape == (8, len(PHASES))
    assert names(known.phases[5]) == ["anaphase"]
    assert names(known.phases[1]) == ["interphase"]
    assert names(known.phases[7]) == ["prometaphase", "metaphase", "anaphase"]
    for unsaid in (0, 2, 3):
        assert names(known.phases[unsaid]) == list(PHASES)
    assert known.chromatin.tolist() == [-1, -1, -1, -1, -1, 1, -1, 0]
    assert np.flatnonzero(known.artefacts).tolist() == [2]


def test_a_table_of_an_earlier_version_says_who_divides_and_no_more(tmp_path: Path) -> None:
    table = table_from_cells([a_cell("1"), a_cell("5", kind="mitotic_cell"), a_cell("2")])
    assert not {"phase", "chromatin"} & set(table.columns)
    cohort = cohort_of(tmp_path / "c", [], table)
    known = single_cells(cohort, cohort.fields[0])
    assert known is not None
    assert names(known.phases[5]) == list(PHASES[1:])
    assert known.phases[1].all()
    assert known.phases[2].all()


def test_where_cells_are_not_told_apart_there_are_none(tmp_path: Path) -> None:
    cohort = write_cohort(tmp_path / "c", patients(1))
    assert single_cells(cohort, cohort.fields[0]) is None
    assert cohort.cells_of(cohort.fields[0]) == ()


@pytest.mark.parametrize("name", ["left", "0", "-1", "1.0", "65536", "²"])
def test_a_cell_without_a_number_is_refused(tmp_path: Path, name: str) -> None:
    cohort = cohort_of(tmp_path / "c", [a_cell("1"), a_cell(name)])
    with pytest.raises(InputError, match=f"field 'one', cell '{name}': no number of a cell"):
        single_cells(cohort, cohort.fields[0])


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("phase", "metafase", "unknown phase 'metafase'"),
        ("phase", "Metaphase", "'Metaphase'; expected a word as the import writes it"),
        ("chromatin", "positive", "unknown chromatin 'positive'"),
        ("chromatin", 1, "'1'; expected"),
    ],
)
def test_a_table_with_other_words_is_refused(
    tmp_path: Path, column: str, value: object, found: str
) -> None:
    table = table_from_cells([a_cell("1")]).assign(**{column: value})  # type: ignore[arg-type]
    cohort = cohort_of(tmp_path / "c", [], table)
    with pytest.raises(InputError, match=rf"cells\.parquet, column {column}: {found}"):
        single_cells(cohort, cohort.fields[0])


def test_mivia_says_who_divides_and_how_the_chromatin_looks(tmp_path: Path) -> None:
    source = open_source(write_mivia(tmp_path / "set", 1), "mivia")
    cohort = import_cohort(source, tmp_path / "cohort", source_format="mivia")
    cells = {cell.kind: (cell.phase, cell.chromatin) for cell in cohort.cells_of(cohort.fields[0])}
    assert cells == {
        "cell": ("interphase", None),
        "mitotic_cell": ("mitosis", "stained"),
        "artefact": (None, None),
    }


def test_another_word_for_chromatin_is_refused_with_its_row(tmp_path: Path) -> None:
    root = write_mivia(tmp_path / "set", 1)
    (table,) = root.rglob("*.csv")
    table.write_bytes(table.read_bytes().replace(b"mitotic_cell;positive", b"mitotic_cell;bright"))
    (error,) = open_source(root, "mivia").fields()
    assert isinstance(error, InputError)
    assert error.where.endswith("row 3")
    assert (error.found, error.expected) == (
        "a mitotic cell with 'bright'",
        "positive or negative",
    )


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Small fields of stains whose dividing cells differ in their chromatin."""
    drawing = Drawing(
        Population.even(["centromere", "coarse speckled"], ["positive"], patients=2, fields=2),
        replace(I3A, shape=(300, 320)),
        seed=5,
    )
    path = tmp_path_factory.mktemp("drawn") / "cohort"
    return import_cohort(DrawnSource(drawing), path, source_format="synthetic")


def test_drawn_cells_know_their_phase_and_chromatin(drawn: Cohort) -> None:
    dividing = set()
    for field in drawn.fields:
        known = single_cells(drawn, field)
        assert known is not None
        for cell in drawn.cells_of(field):
            number = int(cell.cell)
            assert known.phases[number].sum() == 1
            assert known.phases[number, 0] == (cell.kind == "cell")
            assert (known.chromatin[number] >= 0) <= (cell.kind == "mitotic_cell")
            if cell.kind == "mitotic_cell":
                dividing.add((cell.pattern, cell.chromatin))
    assert dividing == {("centromere", "stained"), ("coarse speckled", "unstained")}


def test_what_is_known_survives_a_merge(drawn: Cohort, tmp_path: Path) -> None:
    other = write_cohort(tmp_path / "other", patients(1))
    source = MergedSource({"other": other, "drawn": drawn}, "both")
    both = import_cohort(source, tmp_path / "both", source_format="merged")
    for before, after in zip(drawn.fields, both.fields[1:], strict=True):
        known, kept = single_cells(drawn, before), single_cells(both, after)
        assert known is not None
        assert kept is not None
        np.testing.assert_array_equal(kept.instances, known.instances)
        np.testing.assert_array_equal(kept.phases, known.phases)
        np.testing.assert_array_equal(kept.chromatin, known.chromatin)
