"""What counts as the truth about single cells, and what is made of the sums of fields."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anascope.cohorts import open_source
from benchmarks.accuracy.instances import known_apart, otsu_apart, scores, true_fields
from tests.source_layouts import UNKNOWN_ROWS, draw, write_fields, write_mivia


def test_unknown_pixels_and_artefacts_hold_no_true_cell(tmp_path: Path) -> None:
    (padded,) = true_fields(open_source(write_fields(tmp_path / "i3a", 1), "i3a-fields"))
    assert padded.unknown[:UNKNOWN_ROWS].all()
    assert not padded.unknown[UNKNOWN_ROWS:].any()
    table = write_mivia(tmp_path / "mivia", 1) / "Main_Dataset/Images/01/01.csv"
    (whole,) = true_fields(open_source(tmp_path / "mivia", "mivia"))
    np.testing.assert_array_equal(whole.cells > 0, draw(1).cells)
    rows = table.read_bytes().replace(b"75;70;cell;homogeneous", b"75;70;artefact;")
    table.write_bytes(rows.replace(b"mitotic_cell;positive", b"artefact;"))
    (artefact,) = true_fields(open_source(tmp_path / "mivia", "mivia"))
    assert not artefact.cells.any()
    assert artefact.unknown[draw(1).cells].all()


def test_a_bright_disk_is_found_and_scored(tmp_path: Path) -> None:
    fields = list(true_fields(open_source(write_fields(tmp_path, 5), "i3a-fields"), every=2))
    for way in (otsu_apart, known_apart):
        found = scores(fields, [way(field) for field in fields])
        assert found["at_0.5"] == {"right": 3, "wrong": 0, "missed": 0}
        assert found["share_an_outline"]["all"] == 0
        assert found["ap_at_0.75"]["all"] == 1
        assert 0.9 < found["panoptic_quality"]["all"] <= 1
