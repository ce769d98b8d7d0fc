"""Segmentations and structured reports in DICOM, read again and checked by dciodvfy."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile

from anascope.errors import InputError
from anascope.exchange import Finding, Signature, SpecimenResult, finding_of, specimens_in
from anascope.exchange.dicom import (
    ReportedField,
    report_on,
    segmentation_of,
    source_of,
    write_folder,
    write_objects,
)
from anascope.files import sha256_of
from anascope.images import SignalImage, read_pages
from anascope.reading import Provenance
from anascope.reading.results import Store
from anascope.titre import DilutionReading, titre_of
from anascope.words import RESEARCH_USE
from tests.dicom_files import dicom_image, save
from tests.refusals import refused
from tests.unit.exchange.made_up import specimen
from tests.unit.reading.results.conftest import (
    MadeUp,
    made_up_decision,
    made_up_field,
    made_up_specimen,
)

pydicom: Any = pytest.importorskip("pydicom", reason="pydicom is not installed (anascope[dicom])")
highdicom: Any = pytest.importorskip(
    "highdicom", reason="highdicom is not installed (anascope[dicom])"
)


NOW = datetime.datetime(2026, 3, 1, 9, 30)
SIGNED = (Signature("A. Reader", NOW.replace(tzinfo=datetime.UTC)),)
TWELVE_BITS = 16  # what a grey level of eight bits is multiplied by


def write_result(folder: Path, *, dicom: bool = False) -> tuple[SpecimenResult, list[MadeUp]]:
    """Write a specimen of two fields and their images, and return it as it is read again."""
    folder.mkdir(exist_ok=True)
    store = Store(folder / "reading")
    store.begin()
    own = store.specimen_folder("S-1")
    fields = []
    for seed in (0, 1):
        made = made_up_field(f"F-{seed}", "S-1", seed=seed)
        pixels = made.arrays.signal.astype(np.uint16) * TWELVE_BITS
        path = folder / (f"F-{seed}.dcm" if dicom else f"F-{seed}.tif")
        if dicom:
            spacing = ["0.0003", "0.0003"]
            image = dicom_image(pixels, BitsStored=12, HighBit=11, PixelSpacing=spacing)
            image.PatientID = "P-7"
            save(image, path)
        else:
            tifffile.imwrite(path, pixels, photometric="minisblack")
        assert made.reading.provenance is not None
        provenance = replace(
            made.reading.provenance, file=path.as_uri(), sha256=sha256_of(path.read_bytes())
        )
        fields.append(replace(made, reading=replace(made.reading, provenance=provenance)))
        own.write_field(fields[-1].reading, fields[-1].arrays)
    own.write_specimen(made_up_specimen(*(f.reading for f in fields)), sheet=False)
    (result,) = specimens_in(folder / "reading")
    return result, fields


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SpecimenResult, list[MadeUp]]:
    """Return a folder of DICOM files, and what they were made from."""
    folder = tmp_path_factory.mktemp("dicom")
    result, fields = write_result(folder)
    wells = [DilutionReading(80, True, 0.9), DilutionReading(160, False, 0.1)]
    finding = finding_of(result, titre=titre_of(wells), serum="P-7")
    (folder / "out").mkdir()
    write_objects(result, finding, folder / "out", now=NOW)
    return folder / "out", result, fields


def test_the_files_of_a_specimen(written: tuple[Path, SpecimenResult, list[MadeUp]]) -> None:
    out, _, _ = written
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.dcm"))
    assert names == [
        "cells/F-0.dcm", "cells/F-1.dcm", "images/F-0.dcm", "images/F-1.dcm", "report.dcm",
    ]  # fmt: skip
    studies = {pydicom.dcmread(path).StudyInstanceUID for path in out.rglob("*.dcm")}
    assert len(studies) == 1


def test_a_converted_field_is_read_as_it_was(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    out, _, fields = written
    (page,) = read_pages(out / "images" / "F-0.dcm")
    assert isinstance(page, SignalImage)
    at_full_scale = fields[0].arrays.signal * (TWELVE_BITS * 65535 / 4095)
    assert np.array_equal(page.pixels, np.rint(at_full_scale).astype(np.uint16))
    assert (page.full_scale.value, page.full_scale.origin) == (65535, "file")
    assert page.pixel_size_um == pytest.approx(0.3)
    image = pydicom.dcmread(out / "images" / "F-0.dcm")
    assert (image.PatientID, image.ContainerIdentifier) == ("P-7", "S-1")
    assert image.StudyDate == "20260301"


def test_a_segmentation_holds_the_cells(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    out, _, fields = written
    read = highdicom.seg.segread(out / "cells" / "F-0.dcm")
    labels = fields[0].arrays.labels
    image = pydicom.dcmread(out / "images" / "F-0.dcm")
    pixels = read.get_pixels_by_source_instance([image.SOPInstanceUID])[0]
    assert np.array_equal(pixels[..., 0] > 0, labels > 0)
    mitotic = [cell.cell for cell in fields[0].reading.cells if (cell.mitotic or 0) >= 0.5]
    assert mitotic
    assert np.array_equal(pixels[..., 1] > 0, np.isin(labels, mitotic))
    described = read.get_segment_description(1)
    assert described.segmented_property_type.meaning == "Cell"
    assert described.algorithm_type.value == "AUTOMATIC"


def test_each_cell_can_be_a_segment(
    written: tuple[Path, SpecimenResult, list[MadeUp]], tmp_path: Path
) -> None:
    _, result, fields = written
    source = source_of(result.fields[0], "1", now=NOW)
    assert source.converted
    made = segmentation_of(
        fields[0].reading, fields[0].arrays.labels, source.image, kind="labelmap"
    )
    made.save_as(tmp_path / "cells.dcm", enforce_file_format=True)
    read = highdicom.seg.segread(tmp_path / "cells.dcm")
    numbers = [cell.cell for cell in fields[0].reading.cells]
    assert read.segment_numbers == numbers
    pixels = read.get_pixels_by_source_instance(
        [source.image.SOPInstanceUID], combine_segments=True
    )
    assert np.array_equal(pixels[0], fields[0].arrays.labels)


def items(report: Any) -> Iterator[Any]:
    """Yield all items of a structured report."""
    for item in report.get("ContentSequence") or []:
        yield item
        yield from items(item)


def coded(report: Any) -> list[tuple[str, str]]:
    """Return the coded answers of a report: question and code."""
    return [
        (item.ConceptNameCodeSequence[0].CodeMeaning, item.ConceptCodeSequence[0].CodeValue)
        for item in items(report)
        if item.ValueType == "CODE"
    ]


def texts(report: Any) -> list[str]:
    return [item.TextValue for item in items(report) if item.ValueType == "TEXT"]


def test_a_report_that_nobody_signed_is_preliminary(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    out, _, fields = written
    report = highdicom.sr.srread(out / "report.dcm")
    flags = (report.CompletionFlag, report.PreliminaryFlag, report.VerificationFlag)
    assert flags == ("PARTIAL", "PRELIMINARY", "UNVERIFIED")
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    assert ("ANA pattern", "AC-1") in coded(report)
    assert ("Fluorescence intensity", "positive") in coded(report)
    shown = texts(report)
    assert RESEARCH_USE in shown
    assert any(text.startswith("Titre: 1:80 (an estimate") for text in shown)
    counts = [
        float(item.MeasuredValueSequence[0].NumericValue)
        for item in items(report)
        if item.ValueType == "NUM"
        and item.ConceptNameCodeSequence[0].CodeMeaning == "Number of cells"
    ]
    own = [len(made.reading.cells) for made in fields]
    assert counts == [sum(own), *own]


def reported(out: Path, finding: Finding, *, organization: str = "") -> Any:
    """Return a report on the fields that stand in a folder already."""
    fields = []
    for name in ("F-0", "F-1"):
        reading = made_up_field(name, "S-1").reading
        image, cells = (pydicom.dcmread(out / kind / f"{name}.dcm") for kind in ("images", "cells"))
        fields.append(ReportedField(reading, image, cells))
    return report_on(finding, fields, organization=organization)


def test_a_signed_report_is_final_and_with_an_organization_verified(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    out, result, _ = written
    finding = replace(finding_of(result), signatures=SIGNED, patterns=("nucleolar",))
    assert reported(out, finding).VerificationFlag == "UNVERIFIED"
    report = reported(out, finding, organization="Laboratory")
    flags = (report.CompletionFlag, report.PreliminaryFlag, report.VerificationFlag)
    assert flags == ("COMPLETE", "FINAL", "VERIFIED")
    assert report.VerifyingObserverSequence[0].VerifyingObserverName == "A. Reader^"
    assert ("ANA pattern", "nucleolar") in coded(report)


def test_undecided_and_not_evaluable_have_no_pattern(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    out, result, _ = written
    undecided = made_up_decision("homogeneous", others=("golgi",))
    finding = finding_of(replace(result, reading=replace(result.reading, decision=undecided)))
    report = reported(out, finding)
    assert ("ANA pattern", "undecided") in coded(report)
    assert "Candidate patterns: homogeneous, golgi" in texts(report)
    dark = finding_of(SpecimenResult(specimen("S-1", None), ()))
    assert ("ANA pattern", "not-evaluable") in coded(reported(out, dark))


def test_an_image_that_is_dicom_is_referred_to_and_not_written_again(tmp_path: Path) -> None:
    result, fields = write_result(tmp_path, dicom=True)
    out = tmp_path / "out"
    assert write_folder([(result, finding_of(result))], out) == 1
    assert not (out / "S-1" / "images").exists()
    original = pydicom.dcmread(tmp_path / "F-0.dcm")
    read = highdicom.seg.segread(out / "S-1" / "cells" / "F-0.dcm")
    assert (read.StudyInstanceUID, read.PatientID) == (original.StudyInstanceUID, "P-7")
    pixels = read.get_pixels_by_source_instance([original.SOPInstanceUID])
    assert np.array_equal(pixels[0, ..., 0] > 0, fields[0].arrays.labels > 0)


def test_an_image_that_changed_or_is_gone_is_refused(tmp_path: Path) -> None:
    result, _ = write_result(tmp_path)
    path = tmp_path / "F-0.tif"
    tifffile.imwrite(path, np.zeros((120, 160), np.uint16), photometric="minisblack")
    expected = "the image that was read, or a new reading"
    with refused(path, "an image that has changed since it was read", expected):
        source_of(result.fields[0], "1")
    path.unlink()
    with refused(path, "no such file", "..."):
        write_folder([(result, finding_of(result))], tmp_path / "out")
    errors: list[InputError] = []
    with refused(tmp_path / "out", "nothing to write", "at least one specimen that is whole"):
        write_folder([(result, finding_of(result))], tmp_path / "out", refused=errors)
    assert [error.found for error in errors] == ["no such file"]
    assert not (tmp_path / "out").exists()


def test_a_field_of_an_array_and_one_without_cells_are_refused(
    written: tuple[Path, SpecimenResult, list[MadeUp]],
) -> None:
    _, result, fields = written
    one = result.fields[0]
    array = replace(one, reading=replace(one.reading, provenance=None))
    with refused(one.folder, "a field that was read from an array", "..."):
        source_of(array, "1")
    image = source_of(one, "1").image
    empty = replace(fields[0].reading, cells=())
    with refused("field F-0 of specimen S-1", "no cells", "..."):
        segmentation_of(empty, fields[0].arrays.labels, image)
    small = fields[0].arrays.labels[:50]
    with refused("field F-0 of specimen S-1", "a label mask of 160×50 pixels", "160×120, ..."):
        segmentation_of(fields[0].reading, small, image)


def test_a_field_too_large_for_a_segmentation_is_refused() -> None:
    labels = np.broadcast_to(np.int32(0), (10001, 10000))
    image = SimpleNamespace(Rows=10001, Columns=10000)
    with refused("field F-1 of specimen S-1", "a field of 10000×10001 pixels", "at most ..."):
        segmentation_of(made_up_field().reading, labels, image)


def test_names_that_dicom_cannot_hold_are_marked(tmp_path: Path) -> None:
    from anascope.exchange.dicom._codes import label

    assert label("S-1") == "S-1"
    assert label("Müller 3") == "Müller 3"
    for name in ("a\\b", "x" * 65, "", "two\nlines", " blanks "):
        assert 0 < len(label(name)) <= 64
        assert label(name) != name
    assert label("x" * 65) != label("x" * 66)


def test_without_highdicom_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "highdicom", None)
    with refused("DICOM", "highdicom is not installed", "anascope[dicom] ..."):
        write_folder([], tmp_path / "out")


VALIDATOR = shutil.which("dciodvfy")


@pytest.mark.skipif(VALIDATOR is None, reason="dciodvfy is not installed (Debian: dicom3tools)")
def test_dciodvfy_finds_no_error(written: tuple[Path, SpecimenResult, list[MadeUp]]) -> None:
    out, _, _ = written
    assert VALIDATOR is not None
    for path in sorted(out.rglob("*.dcm")):
        done = subprocess.run(
            [VALIDATOR, "-new", str(path)], capture_output=True, text=True, check=False
        )
        errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
        assert not errors, (path.name, errors)


def test_the_page_that_was_read_is_found(
    written: tuple[Path, SpecimenResult, list[MadeUp]], tmp_path: Path
) -> None:
    one = written[1].fields[0]
    path = tmp_path / "stack.tif"
    with tifffile.TiffWriter(path) as file:
        for level in (100, 200):
            file.write(np.full((120, 160), level, np.uint8), photometric="minisblack")
    assert isinstance(one.reading.provenance, Provenance)
    provenance = replace(
        one.reading.provenance,
        file=path.as_uri(),
        page=2,
        pages=2,
        sha256=sha256_of(path.read_bytes()),
        full_scale=255,
    )
    second = replace(one, reading=replace(one.reading, provenance=provenance))
    source = source_of(second, "1", now=NOW)
    assert np.all(source.image.pixel_array == 200)
    assert source.image.BitsAllocated == 8
