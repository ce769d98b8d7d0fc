"""Cohorts of cameras of 12 bits: imported at their own full scale, and else warned of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tifffile

from anascope.cohorts import Cohort, check_cohort, check_source, import_cohort, open_source
from anascope.cohorts._writer import CohortWriter
from anascope.cohorts.sources import Kind, Severity
from anascope.records import FieldRecord, Window

GREY = np.random.default_rng(0).integers(0, 200, (160, 170), dtype=np.uint8)


def table(folder: Path, fields: dict[str, np.ndarray], channel: str = "") -> Path:
    folder.mkdir()
    rows = ["image;patient;pixel_size_um;channel"]
    for number, (name, pixels) in enumerate(fields.items()):
        tifffile.imwrite(folder / f"{name}.tif", pixels, photometric="minisblack", metadata=None)
        rows.append(f"{name}.tif;{number};0,3225;{channel}")
    path = folder / "table.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def imported(tmp_path: Path, path: Path) -> Cohort:
    source = open_source(path, "table")
    return import_cohort(source, tmp_path / "cohort", source_format="table")


def test_all_fields_of_a_cohort_have_the_full_scale_of_the_brightest(tmp_path: Path) -> None:
    dim = GREY.astype(np.uint16) * 3
    bright = np.rint(GREY / 255 * 16383).astype(np.uint16)
    cohort = imported(tmp_path, table(tmp_path / "in", {"dim": dim, "bright": bright}))
    for record, stored in zip(cohort.fields, (dim, bright), strict=True):
        assert record.full_scale == 65535
        assert record.pixel_size_um == 0.3225
        wanted = stored / 16383
        np.testing.assert_allclose(cohort.image(record) / 65535, wanted, atol=1e-5)
    (warning,) = cohort.info.warnings
    assert f"values up to {bright.max()}; expected it to be 16383" in warning
    assert list(check_cohort(cohort)) == []


def test_a_cohort_that_was_taken_at_a_sixteenth_is_warned_of(tmp_path: Path) -> None:
    """As earlier versions imported it."""
    folder = tmp_path / "cohort"
    folder.mkdir()
    writer = CohortWriter(folder)
    record = FieldRecord(
        field="a", patient="1", specimen=None, pattern=None, intensity=None, image="",
        window=Window(0, 0, 0, 0), has_mask=False, pixel_size_um=None, full_scale=0,
        source_image="a.tif", source_mask=None, pixels_sha256="", mask_sha256=None,
    )  # fmt: skip
    writer.add(record, GREY.astype(np.uint16) * 16, None)
    writer.close(name="a", source="a", source_format="table", cells=None, left_out=[], warnings=[])
    (finding,) = check_cohort(Cohort.open(folder))
    assert (finding.kind, finding.severity) == (Kind.RANGE, Severity.WARNING)
    assert finding.found.startswith("1 fields whose full scale is 65535, and none is brighter than")


def test_fields_of_8_and_16_bits_are_warned_of(tmp_path: Path) -> None:
    fields: dict[str, np.ndarray] = {
        "a": GREY,
        "b": np.rint(GREY[::-1] / 200 * 65535).astype(np.uint16),
    }
    findings = list(check_source(open_source(table(tmp_path / "in", fields), "table")))
    assert {finding.severity for finding in findings} == {Severity.WARNING}
    assert "fields with different full scales (1 of 255, 1 of 65535)" in [f.found for f in findings]


def test_a_table_says_which_channel_is_imported(tmp_path: Path) -> None:
    stack = np.stack([GREY, 255 - GREY])
    path = table(tmp_path / "in", {"a": stack}, channel="2 of 2")
    cohort = imported(tmp_path, path)
    np.testing.assert_array_equal(cohort.image(cohort.fields[0]), 255 - GREY)
