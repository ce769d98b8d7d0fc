"""A finding as a structured report: TID 1500, Measurement Report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from anascope.exchange._finding import Finding
from anascope.exchange.dicom._codes import (
    LOCAL,
    MAKER,
    concept,
    label,
    library,
    local,
    pattern_concept,
    snomed,
    uid,
)
from anascope.reading import NOT_EVALUABLE, FieldReading
from anascope.words import RESEARCH_USE

_COMMENT = ("121106", "DCM", "Comment")


@dataclass(frozen=True, slots=True)
class ReportedField:
    """A field, and what is in DICOM of it.

    Attributes:
        reading: What was read of it.
        image: The image, as a data set of pydicom.
        segmentation: Its cells, as a data set of pydicom, or None if it has none.
    """

    reading: FieldReading
    image: Any
    segmentation: Any


def report_on(finding: Finding, fields: Sequence[ReportedField], *, organization: str = "") -> Any:
    """Return a comprehensive structured report on a specimen.

    It is preliminary, partial and unverified unless the finding is signed. Research use, remarks
    and the titre stand in comments, as DICOM has no codes for them.

    Args:
        finding: What to say.
        fields: Its fields; at least one.
        organization: Of those who signed: a signed report counts as verified with it.

    Returns:
        A data set of pydicom.
    """
    sr: Any = library("highdicom.sr")
    context = sr.ObservationContext(
        observer_person_context=_person(sr, finding) if finding.signatures else None,
        observer_device_context=None if finding.signatures else _device(sr, finding),
        subject_context=sr.SubjectContext(
            subject_class=concept("121027", "DCM", "Specimen"),
            subject_class_specific_context=sr.SubjectContextSpecimen(
                uid=uid(finding.identity, "specimen"), identifier=label(finding.specimen)
            ),
        ),
    )
    report = sr.MeasurementReport(
        observation_context=context,
        procedure_reported=snomed("LightMicroscopy"),
        imaging_measurements=[
            _of_specimen(sr, finding, fields),
            *(_of_field(sr, field) for field in fields if field.segmentation is not None),
        ],
    )
    signed = bool(finding.signatures)
    verified = {}
    if signed and organization:
        verified = {
            "is_verified": True,
            "verifying_observer_name": _name(finding.signatures[-1].name),
            "verifying_organization": label(organization),
        }
    evidence = [image for field in fields for image in (field.image, field.segmentation)]
    return sr.ComprehensiveSR(
        evidence=[image for image in evidence if image is not None],
        content=report,
        series_instance_uid=uid(),
        series_number=200,
        sop_instance_uid=uid(),
        instance_number=1,
        manufacturer=MAKER,
        is_complete=signed,
        is_final=signed,
        **verified,
    )


def _person(sr: Any, finding: Finding) -> Any:
    """Return who signed last: a report has one observer in its context."""
    return sr.ObserverContext(
        observer_type=concept("121006", "DCM", "Person"),
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(
            name=_name(finding.signatures[-1].name)
        ),
    )


def _device(sr: Any, finding: Finding) -> Any:
    return sr.ObserverContext(
        observer_type=concept("121007", "DCM", "Device"),
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=uid(finding.software, finding.model),
            name=label(finding.software),
            manufacturer_name=MAKER,
        ),
    )


def _name(name: str) -> str:
    """Return a person's name as DICOM has it: all of it stands as the family name."""
    return label(name.replace("^", " ").replace("=", " ")) + "^"


def _of_specimen(sr: Any, finding: Finding, fields: Sequence[ReportedField]) -> Any:
    """Return what was decided: patterns, intensity, and in words all else."""
    group = sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(uid=uid(), identifier=label(finding.specimen)),
        measurements=[_number(sr, "cells", "Number of cells", finding.cells)]
        if finding.cells is not None
        else None,
        qualitative_evaluations=list(_evaluations(sr, finding)),
        source_images=[
            sr.SourceImageForMeasurementGroup.from_source_image(field.image) for field in fields
        ],
    )
    comments = [RESEARCH_USE, *_comments(finding)]
    for text in comments:
        group[0].ContentSequence.append(
            sr.TextContentItem(name=concept(*_COMMENT), value=text, relationship_type="CONTAINS")
        )
    return group


def _evaluations(sr: Any, finding: Finding) -> Iterator[Any]:
    name = local("ana-pattern", "ANA pattern")
    for pattern in finding.patterns:
        yield sr.QualitativeEvaluation(name, pattern_concept(pattern))
    if not finding.patterns:
        word = finding.pattern_words if finding.pattern_words == NOT_EVALUABLE else "undecided"
        yield sr.QualitativeEvaluation(name, concept(word.replace(" ", "-"), LOCAL, word))
    if finding.intensity is not None:
        level = local(finding.intensity, finding.intensity)
        yield sr.QualitativeEvaluation(local("intensity", "Fluorescence intensity"), level)


def _comments(finding: Finding) -> Iterator[str]:
    if not finding.signatures:
        yield "Read by software; nobody has signed it."
    if not finding.patterns and finding.probabilities:
        yield f"Candidate patterns: {', '.join(finding.probabilities)}"
    if finding.titre is not None:
        words = [finding.titre_text, finding.titre.curve_text, *finding.titre.remarks]
        yield f"Titre: {'; '.join(filter(None, words))}"
    yield from finding.remarks
    if finding.reason:
        yield f"Signed again: {finding.reason}"
    if finding.comment:
        yield finding.comment


def _of_field(sr: Any, field: ReportedField) -> Any:
    """Return what was counted in the cells of a field."""
    reading = field.reading
    numbers = [_number(sr, "cells", "Number of cells", reading.cell_count)]
    if reading.mitotic_figures is not None:
        name = "Number of cells in mitosis"
        numbers.append(_number(sr, "mitotic-cells", name, reading.mitotic_figures))
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(uid=uid(), identifier=label(reading.field)),
        referenced_segment=_cells(sr, field),
        finding_type=snomed("Cell"),
        measurements=numbers,
    )


def _cells(sr: Any, field: ReportedField) -> Any:
    """Return the segment of the cells, or of the first cell where each has its own."""
    image, segmentation = field.image, field.segmentation
    referenced = sr.ReferencedSegmentationFrame(
        sop_class_uid=segmentation.SOPClassUID,
        sop_instance_uid=segmentation.SOPInstanceUID,
        frame_number=1,
        segment_number=int(segmentation.SegmentSequence[0].SegmentNumber),
        source_image=sr.SourceImageForSegmentation(image.SOPClassUID, image.SOPInstanceUID),
    )
    # A segment or a frame is referred to, never both.
    del referenced[0].ReferencedSOPSequence[0].ReferencedFrameNumber
    return referenced


def _number(sr: Any, code: str, name: str, value: int) -> Any:
    return sr.Measurement(
        name=local(code, name), value=value, unit=concept("{cells}", "UCUM", "cells")
    )
