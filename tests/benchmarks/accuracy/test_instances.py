"""What counts as the truth about single cells, and what is made of the sums of fields."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.cohorts import Cohort, DrawnSource, import_cohort, open_source
from anascope.models.engines import FieldOutput
from anascope.records import FieldRecord
from anascope.synthetic import MIVIA, Drawing, Population
from anascope.words import PatternSpace
from benchmarks.accuracy._annotated import Annotated
from benchmarks.accuracy._single_cells import FoundField, Tally, otsu_apart, true_field
from tests.source_layouts import UNKNOWN_ROWS, draw, write_fields, write_mivia


def imported(source: Path, layout: str, path: Path) -> Cohort:
    import_cohort(open_source(source, layout), path, source_format=layout)
    return Cohort.open(path)


def test_unknown_pixels_and_artefacts_hold_no_true_cell(tmp_path: Path) -> None:
    i3a = imported(write_fields(tmp_path / "i3a", 1), "i3a-fields", tmp_path / "a")
    padded = true_field(i3a, i3a.fields[0])
    assert padded.unknown[:UNKNOWN_ROWS].all()
    assert not padded.unknown[UNKNOWN_ROWS:].any()
    table = write_mivia(tmp_path / "mivia", 1) / "Main_Dataset/Images/01/01.csv"
    mivia = imported(tmp_path / "mivia", "mivia", tmp_path / "b")
    whole = true_field(mivia, mivia.fields[0])
    np.testing.assert_array_equal(whole.cells > 0, draw(1).cells)
    rows = table.read_bytes().replace(b"75;70;cell;homogeneous", b"75;70;artefact;")
    table.write_bytes(rows.replace(b"mitotic_cell;positive", b"artefact;"))
    mivia = imported(tmp_path / "mivia", "mivia", tmp_path / "c")
    artefact = true_field(mivia, mivia.fields[0])
    assert not artefact.cells.any()
    assert artefact.unknown[draw(1).cells].all()


def test_a_bright_disk_is_found_and_scored(tmp_path: Path) -> None:
    cohort = imported(write_fields(tmp_path / "i3a", 3), "i3a-fields", tmp_path / "a")
    tally = Tally()
    for record in cohort.fields:
        tally.add(true_field(cohort, record), otsu_apart(cohort, record), cohort.mask(record))
    found = tally.results()
    assert found["at_0.5"] == {"right": 3, "wrong": 0, "missed": 0}
    assert found["share_an_outline"]["all"] == 0
    assert found["ap_at_0.75"]["all"] == 1
    assert 0.9 < found["dice"]["mean"] <= 1


def test_annotated_and_dividing_cells_are_counted(tmp_path: Path) -> None:
    """All are found, at their own places; of all but the first it is said that they divide."""
    labels = (("homogeneous", "positive"), ("fine speckled", "positive"))
    population = Population(labels, 1)
    drawing = Drawing(population, replace(MIVIA, shape=(400, 500), mitotic=(0.3, 0.3)), 3)
    import_cohort(DrawnSource(drawing), tmp_path / "drawn", source_format="synthetic")
    cohort = Cohort.open(tmp_path / "drawn")
    people = Annotated()
    true = mitotic = right = 0
    for record in cohort.fields:
        cells = true_field(cohort, record).cells
        kinds = [cell.kind for cell in cohort.cells_of(record)]
        true += len(kinds)
        mitotic += kinds.count("mitotic_cell")
        right += kinds[1:].count("mitotic_cell")
        dividing = np.where(np.arange(len(kinds)) > 0, 0.9, 0.1)
        people.add(cohort, found_field(record, cells, dividing), f"fold {record.patient}")
    assert 0 < mitotic < true
    found = people.results()
    assert found["cells"] == {"annotated": true, "found": true, "matched": true, "f1": 1}
    scores = found["dividing"]
    assert (scores["true"], scores["told"], scores["right"]) == (mitotic, true - 2, right)
    assert scores["f1"] == pytest.approx(2 * right / (true - 2 + mitotic))
    assert scores["auroc"] > 0.5
    others = scores["limits_from_other_folds"]
    assert list(others["limits"]) == ["fold 1", "fold 2"]
    assert found["patterns"]["fields"] == 2


def found_field(
    record: FieldRecord, labels: NDArray[np.int32], dividing: NDArray[np.float64]
) -> FoundField:
    """Return a field whose cells are as given, and whose pattern a network does not know."""
    space = PatternSpace(("homogeneous", "fine speckled"))
    nothing = np.zeros((1, 1), np.float32)
    output = FieldOutput(nothing, np.zeros(2, np.float32), np.zeros(1, np.float32), None, 1)
    return FoundField(record, output, space, lambda by_interior: labels, dividing)
