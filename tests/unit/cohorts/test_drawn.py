"""Specimens drawn straight into a cohort."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import zarr
from ome_zarr_models import open_ome_zarr

from anascope.cohorts import Cohort, DrawnSource, check_cohort, check_source, import_cohort
from anascope.cohorts import _published as published
from anascope.cohorts.sources import Severity
from anascope.cohorts.sources._base import CELL_COLUMNS, MEASURED_COLUMNS
from anascope.presets import ImagePreset
from anascope.records import MaskValue
from anascope.synthetic import (
    I3A,
    MIVIA,
    STAINS,
    Drawing,
    DrawnField,
    Microscopes,
    PlannedField,
    Population,
    laboratory_named,
)
from anascope.training.inputs import ResidentFields
from anascope.words import IntensityScale, PatternSpace, Vocabulary

DRAWING = Drawing(
    Population.even(["speckled", "golgi+centromere"], ["positive"], patients=2, fields=2),
    replace(I3A, shape=(140, 180)),
    seed=1,
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    path = tmp_path_factory.mktemp("drawn") / "cohort"
    return import_cohort(DrawnSource(DRAWING), path, source_format="synthetic")


def test_fields_are_as_they_were_drawn(cohort: Cohort) -> None:
    for record, (planned, drawn) in zip(cohort.fields, DRAWING.fields(), strict=True):
        assert (record.field, record.patient) == (planned.name, str(planned.patient + 1))
        assert record.specimen == record.patient
        assert (record.patterns, record.intensity) == (planned.patterns, "positive")
        assert record.pixel_size_um == pytest.approx(0.3225)
        np.testing.assert_array_equal(cohort.image(record), drawn.image)
        np.testing.assert_array_equal(cohort.mask(record), drawn.mask)
        np.testing.assert_array_equal(cohort.instances(record), drawn.instances)
    assert [record.field for record in cohort.fields] == ["001_1", "001_2", "002_1", "002_2"]


def test_the_table_of_cells_says_what_the_instances_show(cohort: Cohort) -> None:
    table = cohort.cells()
    assert table is not None
    assert list(table.columns) == [*CELL_COLUMNS, *MEASURED_COLUMNS]
    for record in cohort.fields:
        instances = cohort.instances(record)
        assert instances is not None
        rows = table[table["field"] == record.field]
        assert set(rows["cell"].astype(int)) == set(np.unique(instances)) - {0}
        for row in rows.to_dict("records"):
            y, x = np.nonzero(instances == int(row["cell"]))
            assert (row["min_y"], row["max_y"]) == (y.min(), y.max())
            assert (row["min_x"], row["max_x"]) == (x.min(), x.max())
            assert (row["centre_y"], row["centre_x"]) == pytest.approx(
                (y.mean(), x.mean()), abs=0.01
            )
            assert row["area"] == len(y)
    mixed = table[table["field"].str.startswith("002")]
    assert set(zip(mixed["pattern"], mixed["other_patterns"], strict=True)) == {
        ("golgi", "centromere")
    }


def test_a_drawn_source_and_its_cohort_have_no_findings(cohort: Cohort) -> None:
    assert list(check_source(DrawnSource(DRAWING))) == []
    assert list(check_cohort(cohort)) == []
    assert cohort.info.source_format == "synthetic"
    assert "seed 1" in cohort.info.source


def test_every_image_opens_as_ome_zarr_with_both_labels(cohort: Cohort) -> None:
    group = zarr.open_group(cohort.path / "images" / "001_1.ome.zarr", mode="r")
    assert type(open_ome_zarr(group)).__name__ == "Image"
    for label in ("mask", "instances"):
        assert type(open_ome_zarr(group[f"labels/{label}"])).__name__ == "ImageLabel"


def test_two_processes_make_the_same_cohort(cohort: Cohort, tmp_path: Path) -> None:
    source = DrawnSource(DRAWING, jobs=2)
    again = import_cohort(source, tmp_path / "cohort", source_format="synthetic")
    assert again.info.fingerprint == cohort.info.fingerprint
    assert again.fields == cohort.fields


def test_a_whole_set_like_i3a_has_the_published_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real size would take an hour: the fields are small ones, drawn with less care."""

    def quick(self: Drawing, planned: PlannedField) -> DrawnField:
        rng = np.random.default_rng([planned.patient, planned.number])
        instances = np.zeros(self.microscope_of(planned.patient).shape, np.uint16)
        instances[4:8, 4:8] = 1
        image = rng.integers(0, 255, instances.shape).astype(np.uint8)
        return DrawnField(image, instances, ())

    monkeypatch.setattr(Drawing, "field", quick)
    small = replace(I3A, shape=(16, 20))
    monkeypatch.setattr(published, "FIELD_SHAPE", small.shape)
    drawing = Drawing(Population.like("i3a"), small)
    cohort = import_cohort(DrawnSource(drawing), tmp_path / "c", source_format="synthetic")
    comparisons = published.compare_with_published(cohort.fields)
    assert [row for row in comparisons if not row.ok] == []
    assert published.is_whole(comparisons)


def test_small_fields_keep_their_instances_on_sheets(tmp_path: Path) -> None:
    drawing = replace(DRAWING, microscope=replace(MIVIA, shape=(100, 120)))
    cohort = import_cohort(DrawnSource(drawing), tmp_path / "c", source_format="synthetic")
    assert {record.image for record in cohort.fields} == {"sheet-0000"}
    for record, (_, drawn) in zip(cohort.fields, drawing.fields(), strict=True):
        np.testing.assert_array_equal(cohort.instances(record), drawn.instances)
        np.testing.assert_array_equal(cohort.mask(record) == MaskValue.CELL, drawn.instances > 0)


def test_fields_of_random_microscopes_are_stored_and_trained_on(tmp_path: Path) -> None:
    """Sizes of pixels, depths and unknown pixels go through import, checks and inputs."""
    optics = laboratory_named("any").optics
    assert isinstance(optics, Microscopes)
    choices = {**optics.choices, "scale_bar": {True: 1.0}, "bits": {8: 1.0, 12: 1.0}}
    optics = optics.model_copy(update={"choices": choices}).replaced(shape=(150, 200))
    drawing = Drawing(Population.like("any", patients=5), optics, seed=1)
    path = tmp_path / "c"
    cohort = import_cohort(DrawnSource(drawing), path, source_format="synthetic")
    assert len({record.pixel_size_um for record in cohort.fields}) == 5
    assert {record.full_scale for record in cohort.fields} == {255, 65535}
    assert not [found for found in check_cohort(cohort) if found.severity is Severity.ERROR]
    for record, (planned, drawn) in zip(cohort.fields, drawing.fields(), strict=True):
        assert record.pixel_size_um == drawing.microscope_of(planned.patient).pixel_size_um
        np.testing.assert_array_equal(cohort.image(record), drawn.image)
        np.testing.assert_array_equal(cohort.mask(record), drawn.mask)
    levels = ("negative", "intermediate", "positive")
    fields = ResidentFields(
        cohort,
        cohort.fields,
        image=ImagePreset(patch_size=64, pixel_size_um=0.3225),
        vocabulary=Vocabulary(PatternSpace.covering(STAINS), IntensityScale(levels)),
    )
    for field, record in enumerate(cohort.fields):
        sides = [patch.window.y + 64 for patch in fields.patches if patch.field == field]
        assert max(sides) == max(64, round(150 * (record.pixel_size_um or 0) / 0.3225))
    assert torch.isfinite(fields.batch([0, len(fields) - 1]).signal).all()
