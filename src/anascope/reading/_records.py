"""What reading says of cells, fields and specimens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema

from anascope.decisions import Decision, Probability
from anascope.images import FullScaleFrom

Count = Annotated[int, Field(ge=0)]
Measured = Annotated[
    int | float,
    # JSON has no NaN: what was not a number comes as null.
    BeforeValidator(lambda value: math.nan if value is None else value),
    WithJsonSchema({"type": ["number", "null"]}),
]
"""A number that may be NaN where there is nothing to measure."""
PixelSizeFrom = Literal["table", "file", "option", "estimated"]


class Flag(StrEnum):
    """What may be wrong with a field."""

    OUT_OF_FOCUS = "out of focus"
    SATURATED = "saturated"
    TOO_DARK = "too dark"
    FEW_CELLS = "too few cells"
    CELL_SIZE = "cells of the wrong size"
    CLIPPED = "clipped background"
    NO_PIXEL_SIZE = "no pixel size"
    WRONG_PIXEL_SIZE = "pixel size that cannot be right"
    UNCERTAIN_PIXEL_SIZE = "uncertain pixel size"


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """One thing that is wrong with a field.

    Attributes:
        flag: Which flag.
        value: The measured value.
        limit: What it should not be over, or under.
        unit: Of both.
        advice: What to do about it, in one line.
    """

    flag: Flag
    value: Measured
    limit: Measured
    unit: str
    advice: str


MOST_SHOWN = 12
"""Dividing cells of a field that are shown one by one, at most."""

NOT_EVALUABLE = "not evaluable"
"""Replaces the pattern of a field or specimen that shows too little to be read."""


class WhyNot(StrEnum):
    """Why a field is not evaluable."""

    TOO_DARK = "too dark"
    SATURATED = "saturated"
    NO_SCALE = "no pixel size, and none can be estimated"
    FEW_CELLS = "too few cells"
    OUT_OF_FOCUS = "out of focus"
    CELL_SIZE = "cells of no HEp-2 size"
    NO_FIELD = "looks like no HEp-2 field"


@dataclass(frozen=True, slots=True)
class Evaluability:
    """Whether a field shows enough to be read, and by which measures.

    Attributes:
        evaluable: Whether it does.
        reason: If not, the first reason that applies.
        value: The value that was measured for this reason, or None.
        limit: What it should not be over, or under, or None.
        unit: Of both.
        likeness: How much the field looks like one of HEp-2 cells
            (:mod:`anascope.reading.likeness`): under 0 it does not. None if it was not computed,
            because another reason applies.
    """

    evaluable: bool
    reason: WhyNot | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class CellReading:
    """One cell.

    Attributes:
        cell: Its number in the field's label mask, from 1.
        y, x: Its centre, pixels of the image.
        min_y, min_x, max_y, max_x: Its box, pixels, both ends within.
        area: Square pixels.
        area_um2: Square micrometres, or None if the pixel size is not known.
        brightness: Mean over the background, in thousandths of the image's full scale.
        mitotic: Probability of being in mitosis, 0 to 1, or None if the model does not predict it.
        phase: ``interphase`` if ``mitotic`` is under a half, else the most likely phase of the
            division (:data:`anascope.words.PHASES`), or None if the model does not predict it.
        chromatin: For a cell in mitosis ``stained`` or ``unstained``
            (:func:`anascope.cells.chromatin_is_stained`), else None; also None if there is no
            phase.
        pattern: The most likely pattern of this cell alone, or None if the model does not predict
            it. If the field is not evaluable, this, ``mitotic``, ``phase`` and ``chromatin`` are
            None.
        pattern_probability: Its probability, calibrated, or None.
        at_border: Whether it touches the image's border.
    """

    cell: Annotated[int, Field(ge=1)]
    y: float
    x: float
    min_y: Count
    min_x: Count
    max_y: Count
    max_x: Count
    area: Count
    area_um2: float | None
    brightness: Measured
    mitotic: Probability | None
    phase: str | None
    chromatin: str | None
    pattern: str | None
    pattern_probability: Probability | None
    at_border: bool


@dataclass(frozen=True, slots=True)
class DividingCell:
    """A cell in mitosis.

    Attributes:
        cell: Its number in the field's label mask, from 1.
        mitotic: Probability of being in mitosis, from a half to 1.
        phase: The most likely phase of its division, or None if the model does not predict it.
        chromatin: ``stained`` or ``unstained``, or None if that is not known.
    """

    cell: Annotated[int, Field(ge=1)]
    mitotic: Probability
    phase: str | None
    chromatin: str | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which image a field is and what read it: if all of this is the same, so is the result.

    Attributes:
        file: Path of the image file, as a URI.
        sha256: Hash of the file's content.
        page: Which page of the file it is, from 1.
        pages: How many the file has.
        channel: Which of the file's channels was read, from 0, or None if the file describes none
            and none was requested.
        channel_asked: The channel that was requested, in a table or as an option, or None.
        full_scale: Which value of the file counts as full brightness.
        full_scale_from: Whether the file states it, or it follows from the values of the specimen's
            fields.
        brightest: The brightest value of the page if the full scale follows from values, or None.
        pixel_size_from: What states the pixel size: a table, the file or an option; ``estimated``
            if it comes from the picture itself; None if it is not known.
        specimen: Identifies its specimen: the file or folder as a URI, or ``name:`` and the name if
            that was given in a table or in the files' names.
        model: Hash of what the model reads with (:attr:`anascope.models.ModelCard.identity`).
    """

    file: str
    sha256: str
    page: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=1)]
    channel: Count | None
    channel_asked: str | None
    full_scale: Annotated[int, Field(ge=1)]
    full_scale_from: FullScaleFrom
    brightest: float | None
    pixel_size_from: PixelSizeFrom | None
    specimen: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """One field, without its cells.

    Attributes:
        field: Its name: the file's stem, with the page if there are several.
        specimen: The specimen to which it belongs.
        source: The file as it was given, or "array".
        provenance: Which image it is and what read it, or None for an array.
        height, width: Pixels of the image.
        pixel_size_um: Micrometres, or None if it is not known.
        evaluability: Whether it shows enough to be read.
        decision: The decision on this field alone, or None if it is not evaluable.
        mitotic_figures: Number of cells in mitosis (probability at least a half), or None if the
            model does not predict them, or the field is not evaluable.
        quality: What may be wrong with it.
        dividing: Its cells in mitosis that have small pictures, the most likely first, at most
            :data:`MOST_SHOWN`.
        pixel_size_error: Relative standard deviation of ``pixel_size_um`` if it was estimated from
            the picture (0.1 is 10%), or None.
        seconds: Time by stage: decode, network, cells, write, ...
    """

    field: str
    specimen: str
    source: str
    provenance: Provenance | None
    height: Count
    width: Count
    pixel_size_um: float | None
    evaluability: Evaluability
    decision: Decision | None
    mitotic_figures: Count | None
    quality: tuple[QualityFlag, ...]
    dividing: tuple[DividingCell, ...] = ()
    pixel_size_error: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    seconds: dict[str, float] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading(FieldSummary):
    """One field.

    Attributes:
        cells: Its cells.
    """

    cells: tuple[CellReading, ...]

    @property
    def cell_count(self) -> int:
        """Number of its cells."""
        return len(self.cells)


@dataclass(frozen=True, eq=False)
class FieldArrays:
    """The arrays of a field from which its pictures are made; too large to keep for many fields.

    Attributes:
        signal: The image, axes (y, x), uint8 or uint16.
        labels: The number of the cell at each pixel, axes (y, x), 0 where there is none; int32.
        mask: Probability of being cell, axes (y, x), 0 to 1, of the size of the image.
        heat: Probability of each class at each position of the embedding, 0 to 1, axes (class, y,
            x), at a lower resolution; None if the model has no such map.
        place: Height and width of a position of ``heat``, in pixels of the image; the first begins
            at the upper left corner.
    """

    signal: NDArray[np.uint8] | NDArray[np.uint16]
    labels: NDArray[np.int32]
    mask: NDArray[np.float32]
    heat: NDArray[np.float32] | None
    place: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SpecimenReading:
    """One specimen: its evaluable fields decided together.

    Attributes:
        specimen: Its name.
        decision: The decision on it, or None if none of its fields is evaluable.
        fields: Names of its fields.
        not_evaluable: Why fields are not evaluable, by their names; they have no part in the
            decision on the specimen.
        cells: Number of cells in all evaluable fields.
        mitotic_figures: Number of these cells in mitosis, or None.
        flagged: Number of fields with a quality flag.
    """

    specimen: str
    decision: Decision | None
    fields: tuple[str, ...]
    not_evaluable: dict[str, WhyNot]
    cells: Count
    mitotic_figures: Count | None
    flagged: Count


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file that could not be read, and why.

    Attributes:
        source: The file, with the page if only that page could not be read.
        reason: One line: what, where, what was expected.
        file: Path of the image file, as a URI, or None if it is no image file.
    """

    source: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read.

    Attributes:
        specimens: In the order of their names.
        fields: In the order of specimens.
        not_read: The files that could not be read.
        model: Name and version of the model.
    """

    specimens: tuple[SpecimenReading, ...]
    fields: tuple[FieldReading, ...]
    not_read: tuple[NotRead, ...] = ()
    model: str = ""
