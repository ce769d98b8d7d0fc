"""Several prepared cohorts as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from anascope.cli._app import app
from anascope.cohorts import Cohort, DrawnSource, MergedSource, import_cohort
from anascope.errors import InputError
from anascope.synthetic import MIVIA, Drawing, Population
from tests.small_cohort import patients, record, write_cohort


def drawn(path: Path) -> Cohort:
    population = Population.even(["centromere"], ["positive"])
    drawing = Drawing(population, replace(MIVIA, shape=(160, 200)), seed=3)
    return import_cohort(DrawnSource(drawing), path, source_format="synthetic")


def test_every_field_is_what_it_was(tmp_path: Path) -> None:
    plain = write_cohort(tmp_path / "plain", patients(3))
    synthetic = drawn(tmp_path / "synthetic")
    source = MergedSource({"a": plain, "b": synthetic}, "both")
    both = import_cohort(source, tmp_path / "both", source_format="merged")
    parts = [("a", plain, one) for one in plain.fields]
    parts += [("b", synthetic, one) for one in synthetic.fields]
    assert len(both) == len(parts)
    for merged, (name, cohort, one) in zip(both.fields, parts, strict=True):
        assert merged.field == f"{name}/{one.field}"
        assert merged.patient == f"{name}/{one.patient}"
        assert (merged.pattern, merged.intensity) == (one.pattern, one.intensity)
        assert merged.pixel_size_um == one.pixel_size_um
        np.testing.assert_array_equal(both.image(merged), cohort.image(one))
        np.testing.assert_array_equal(both.mask(merged), cohort.mask(one))
    np.testing.assert_array_equal(
        both.instances(both.fields[-1]), synthetic.instances(synthetic.fields[-1])
    )
    cells, before = both.cells(), synthetic.cells()
    assert cells is not None
    assert before is not None
    assert set(cells["field"]) == {both.fields[-1].field}
    assert cells["area"].tolist() == before["area"].tolist()
    assert "both" in both.info.name


def test_patients_of_two_cohorts_are_never_one(tmp_path: Path) -> None:
    first = write_cohort(tmp_path / "first", patients(2), seed=1)
    second = write_cohort(tmp_path / "second", patients(2), seed=2)
    both = import_cohort(
        MergedSource({"a": first, "b": second}, "both"), tmp_path / "both", source_format="merged"
    )
    assert len({one.patient for one in both.fields}) == 4


def test_what_is_not_said_stays_unsaid(tmp_path: Path) -> None:
    bare = [replace(record(name), pattern=None, intensity=None) for name in "xy"]
    first = write_cohort(tmp_path / "first", bare, masks=False, seed=1)
    second = write_cohort(tmp_path / "second", patients(1), seed=2)
    both = import_cohort(
        MergedSource({"a": first, "b": second}, "both"), tmp_path / "both", source_format="merged"
    )
    one = both.fields[0]
    assert (one.patient, one.pattern, one.intensity, one.has_mask) == (None, None, None, False)
    assert both.mask(one) is None
    assert both.instances(one) is None


def test_one_cohort_is_nothing_to_merge(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cohorts to merge: 1; expected at least two"):
        MergedSource({"a": write_cohort(tmp_path / "a", patients(1))}, "both")


def test_command(tmp_path: Path) -> None:
    for name, seed in (("first", 1), ("second", 2)):
        write_cohort(tmp_path / name, patients(2), seed=seed)
    words = ["cohort", "merge", *(str(tmp_path / name) for name in ("both", "first", "second"))]
    result = CliRunner().invoke(app, words)
    assert result.stdout == f"{tmp_path / 'both'}: 4 fields of 2 cohorts\n"
    again = CliRunner().invoke(app, [*words[:2], str(tmp_path / "c"), *[words[3]] * 2])
    assert "a second cohort named 'first'" in str(again.exception or again.output)
