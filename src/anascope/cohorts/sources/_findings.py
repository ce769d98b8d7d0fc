"""What is wrong with a field or a cohort, as data that can be listed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from anascope.errors import InputError, one_line


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The field, or the cohort, cannot be used as it is."""
    WARNING = "warning"
    """May be right; somebody should look."""


class Kind(StrEnum):
    """What sort of thing was found."""

    BAD_ENTRY = "bad entry"
    UNREADABLE = "unreadable image"
    MASK_SIZE = "mask of another size"
    EMPTY_MASK = "empty mask"
    UNKNOWN_LABEL = "unknown label"
    DUPLICATE = "duplicated pixels"
    TWO_PATTERNS = "patient with two patterns"
    TWO_PATIENTS = "specimen under two patients"
    RANGE = "range of grey levels"
    CHANGED = "changed since the import"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: What sort of thing.
        severity: Error or warning.
        where: The file, row, field or patient.
        found: What is there.
        expected: What should be there.
    """

    kind: Kind
    severity: Severity
    where: str
    found: str
    expected: str

    @classmethod
    def of(cls, error: InputError, kind: Kind) -> Finding:
        """Return what ``error`` says as a finding; a :class:`FieldError` knows its own kind."""
        kind = error.kind if isinstance(error, FieldError) else kind
        return cls(kind, Severity.ERROR, error.where, error.found, error.expected)

    def as_error(self) -> InputError:
        """Return the finding as the error that refuses it."""
        return FieldError(self.kind, self.where, self.found, self.expected)

    def __str__(self) -> str:
        return one_line(f"{self.where}: {self.found}; expected {self.expected}")


class FieldError(InputError):
    """An input error that knows what sort of finding it is.

    Args:
        kind: What sort of thing is wrong.
        where: The file, row, field or patient.
        found: What is there.
        expected: What should be there.
    """

    def __init__(self, kind: Kind, where: str | Path, found: str, expected: str) -> None:
        super().__init__(where, found, expected)
        self.kind = kind

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.kind, self.where, self.found, self.expected)
