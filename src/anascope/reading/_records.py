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
        flag: What.
        value: As it was measured.
        limit: What it should not be over, or under.
        unit: Of both.
        advice: What to do about it, in a line.
    """

    flag: Flag
    value: Measured
    limit: Measured
    unit: str
    advice: str


MOST_SHOWN = 12
"""Dividing cells of a field that are shown one by one, at most."""

NOT_EVALUABLE = "not evaluable"
"""Stands where a pattern would, of what shows too little to be read."""


class WhyNot(StrEnum):
    """Why nothing can be told from a field."""

    TOO_DARK = "too dark"
    SATURATED = "saturated"
    NO_SCALE = "no pixel size, and none can be estimated"
    FEW_CELLS = "too few cells"
    OUT_OF_FOCUS = "out of focus"
    CELL_SIZE = "cells of no HEp-2 size"
    NO_FIELD = "looks like no HEp-2 field"


@dataclass(frozen=True, slots=True)
class Evaluability:
    """Whether a field shows enough to be read, and what that was told from.

    Attributes:
        evaluable: Whether it does.
        reason: If not, why: the first of all reasons.
        value: What was measured for that, or None.
        limit: What it should not be over, or under, or None.
        unit: Of both.
        likeness: How much the field looks like one of HEp-2 cells
            (:mod:`anascope.reading.likeness`): under 0 it does not. None if that was not asked,
            as there is another reason.
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
        mitotic: Probability of being in mitosis, 0 to 1, or None if the model cannot tell.
        phase: ``interphase`` where ``mitotic`` is under a half, else the likeliest phase of the
            division (:data:`anascope.words.PHASES`), or None if the model cannot tell.
        chromatin: Of a cell in mitosis ``stained`` or ``unstained``
            (:func:`anascope.cells.chromatin_is_stained`), else None; None, too, where no phase is
            told.
        pattern: The likeliest pattern of this cell alone, or None if the model cannot tell, or the
            field is not evaluable; so are ``mitotic``, ``phase`` and ``chromatin``.
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
        phase: The likeliest phase of its division, or None if the model cannot tell.
        chromatin: ``stained`` or ``unstained``, or None if that is not told.
    """

    cell: Annotated[int, Field(ge=1)]
    mitotic: Probability
    phase: str | None
    chromatin: str | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which image a field is and what read it: where all of it is the same, so is the result.

    Attributes:
        file: Where the image file is, as a URI.
        sha256: Hash of the file's content.
        page: Which page of the file it is, from 1.
        pages: How many the file has.
        channel: Which of the channels that the file has was read, from 0, or None if it describes
            none and none was asked for.
        channel_asked: The channel as it was asked for, in a table or as an option, or None.
        full_scale: Which value of the file counts as full brightness.
        full_scale_from: Whether the file says that, or the values of the specimen's fields do.
        brightest: The brightest value of the page, where values say what full scale is, or None.
        pixel_size_from: Who says the pixel size: a table, the file or an option; ``estimated`` if
            it comes from the picture itself; None if it is not known.
        specimen: What makes its specimen: the file or folder as a URI, or ``name:`` and the name
            where that was given in a table or in the files' names.
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
        specimen: Which specimen it belongs to.
        source: The file as it was given, or "array".
        provenance: Which image that is and what read it, or None for an array.
        height, width: Pixels of the image.
        pixel_size_um: Micrometres, or None if it is not known.
        evaluability: Whether it shows enough to be read.
        decision: What it would be called alone, or None if it is not evaluable.
        mitotic_figures: How many cells are in mitosis (probability at least a half), or None if
            the model cannot tell, or the field is not evaluable.
        quality: What may be wrong with it.
        dividing: Its cells in mitosis, the likeliest first, :data:`MOST_SHOWN` at most: those of
            which there are small pictures.
        pixel_size_error: Relative standard deviation of ``pixel_size_um`` where it was estimated
            from the picture (0.1 is 10%), or None.
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
        """How many they are."""
        return len(self.cells)


@dataclass(frozen=True, eq=False)
class FieldArrays:
    """What is drawn of a field; too much to keep for many.

    Attributes:
        signal: The image, axes (y, x), uint8 or uint16.
        labels: The number of the cell at each pixel, axes (y, x), 0 where none is; int32.
        mask: Probability of being cell, axes (y, x), 0 to 1, as the image.
        heat: By class, how strongly each place speaks for it: probabilities 0 to 1, axes
            (class, y, x) at a lower resolution; None if the model has no such map.
        place: Height and width of a place of ``heat``, in pixels of the image; the first begins at
            the upper left corner.
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
        decision: What it is called, or None if none of its fields is evaluable.
        fields: Names of its fields.
        not_evaluable: Why fields are not evaluable, by their names; they have no part in what is
            said of the specimen.
        cells: Number of cells in all evaluable fields.
        mitotic_figures: Of them in mitosis, or None.
        flagged: Fields with a quality flag.
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
        source: The file, with the page if only that could not be read.
        reason: One line: what, where, what was expected.
        file: Where the image file is, as a URI, or None if it was none.
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
        not_read: What could not be read.
        model: Name and version of the model.
    """

    specimens: tuple[SpecimenReading, ...]
    fields: tuple[FieldReading, ...]
    not_read: tuple[NotRead, ...] = ()
    model: str = ""
