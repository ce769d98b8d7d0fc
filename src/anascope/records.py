"""What a cohort holds: fields with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

SPLITS = ("train", "validation", "test")
"""The sets of a fold: who the network learns from, is chosen on, and is measured on."""

PLUS = "+"
"""Stands between the patterns of one serum in a label: ``homogeneous+centromere``."""


class MaskValue(IntEnum):
    """The values of a stored mask."""

    BACKGROUND = 0
    CELL = 1
    UNKNOWN = 2
    """Nobody said what is there: losses and metrics leave such pixels out."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of an image, in pixels: top left corner and size."""

    y: int
    x: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class CellRecord:
    """One cell of a field, and what is known of it. None means "not said".

    Attributes:
        field: The name of its field.
        cell: Its name, unique in the field; where instances are known, its number there.
        kind: ``cell``, ``mitotic_cell`` or ``artefact``.
        pattern: Staining pattern.
        intensity: Fluorescence intensity level.
        min_y, min_x, max_y, max_x: Its box in pixels, both ends included.
        centre_y, centre_x: Its centre, in pixels.
        area: Pixels.
        phase: Phase of the division, ``mitosis`` where only that is known (``anascope.words``).
        chromatin: Of a dividing cell, whether its chromatin is ``stained`` or ``unstained``.
        brightness: Grey levels of 8 bits over the background.
        other_patterns: Of a mixed pattern the other ones, ``+`` between them.
    """

    field: str
    cell: str
    kind: str
    pattern: str | None
    intensity: str | None
    min_y: int
    min_x: int
    max_y: int
    max_x: int
    centre_y: float | None = None
    centre_x: float | None = None
    area: int | None = None
    phase: str | None = None
    chromatin: str | None = None
    brightness: float | None = None
    other_patterns: str | None = None


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """One field of a cohort, and what is known of it. None means "not said".

    Attributes:
        field: Its name, unique in the cohort.
        patient: Whose serum it shows.
        specimen: The well that it was taken from.
        pattern: Staining pattern, a name of the pattern tree (``anascope.words``); of a serum with
            several the main one.
        intensity: Fluorescence intensity level.
        image: Name of the stored image that the field is in.
        window: Where in that image the field is.
        has_mask: Whether the stored image has a mask for it.
        pixel_size_um: Size of a pixel of the specimen, in micrometres.
        full_scale: The grey level that counts as 1.0 (255 for 8-bit images).
        source_image: The image file as it was imported.
        source_mask: The mask file as it was imported.
        pixels_sha256: Hash of the image's pixels.
        mask_sha256: Hash of the mask's pixels.
        instances_sha256: Hash of the numbers of single cells, where they are told apart.
        other_patterns: Of a serum with several patterns the other ones, ``+`` between them; None
            of a serum with one, and where no pattern is said.
    """

    field: str
    patient: str | None
    specimen: str | None
    pattern: str | None
    intensity: str | None
    image: str
    window: Window
    has_mask: bool
    pixel_size_um: float | None
    full_scale: int
    source_image: str
    source_mask: str | None
    pixels_sha256: str
    mask_sha256: str | None
    instances_sha256: str | None = None
    other_patterns: str | None = None

    @property
    def serum(self) -> str | None:
        """All patterns of its serum as one label, such as ``homogeneous+centromere``."""
        if self.other_patterns is None:
            return self.pattern
        return f"{self.pattern}{PLUS}{self.other_patterns}"

    @property
    def patterns(self) -> tuple[str, ...]:
        """All patterns of its serum, the main one first; none where none is said."""
        return () if self.serum is None else tuple(self.serum.split(PLUS))

    @property
    def only_pattern(self) -> str | None:
        """The pattern of a serum that has one alone; None of others, and where none is said."""
        return self.pattern if self.other_patterns is None else None

    @property
    def split_unit(self) -> str:
        """What must stay on one side of a split: the patient, else specimen, else field."""
        return self.patient or self.specimen or self.field

    @property
    def specimen_unit(self) -> str:
        """What is decided together: the specimen, else the patient, else the field."""
        return self.specimen or self.patient or self.field
