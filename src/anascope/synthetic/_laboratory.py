"""What is drawn after a laboratory: its microscope, its patients and how its stains look."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from anascope.errors import InputError, did_you_mean
from anascope.settings import Section, as_settings, read_settings, shipped_names
from anascope.synthetic._labels import Label, intensities_named, patterns_named
from anascope.synthetic._microscopes import Microscopes
from anascope.synthetic._titres import Titres
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import Range, shipped_ranges

_PACKAGE = "anascope.synthetic"
_Count = Annotated[int, Field(ge=1)]


class Laboratory(Section):
    """A laboratory as a YAML file describes it: with one microscope, or a range of them."""

    description: str
    """Whose it is, in a line."""
    own: Microscope | None = Field(default=None, alias="microscope")
    """The microscope, its camera and the cells that are seen through it."""
    microscopes: Microscopes | None = None
    """Instead of it a range, of which one is drawn for each specimen."""
    fields: _Count = 1
    """Fields of each patient."""
    patients: Annotated[dict[str, dict[str, _Count]], Field(min_length=1)]
    """How many patients of each pattern (``a+b`` for mixed ones) and intensity."""
    stains: dict[str, dict[str, Range]] = Field(default_factory=dict)
    """Ranges of the values of stains, by pattern, where they are not the shipped ones."""
    titres: Titres = Titres()
    """How bright the further patterns of mixed sera are."""

    @field_validator("own", mode="before")
    @classmethod
    def _is_known(cls, value: Any) -> Any:
        known = Microscope.__dataclass_fields__
        for key in value if isinstance(value, dict) else ():
            if key not in known:
                raise ValueError(f"unknown key '{key}'; expected {did_you_mean(str(key), known)}")
        return value

    @field_validator("patients")
    @classmethod
    def _can_be_drawn(cls, value: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
        try:
            levels = {
                level: intensities_named([level])[0] for row in value.values() for level in row
            }
            rows = [
                {levels[level]: count for level, count in row.items()} for row in value.values()
            ]
            return dict(zip(patterns_named(value), rows, strict=True))
        except InputError as error:
            raise ValueError(f"{error.found}; expected {error.expected}") from None

    @field_validator("stains")
    @classmethod
    def _are_drawn(cls, value: dict[str, dict[str, Range]]) -> dict[str, dict[str, Range]]:
        for leaf, ranges in value.items():
            known = shipped_ranges()
            if leaf not in known:
                raise ValueError(f"unknown stain '{leaf}'; expected {did_you_mean(leaf, known)}")
            for name in ranges:
                if name not in known[leaf]:
                    expected = did_you_mean(name, known[leaf])
                    raise ValueError(f"unknown value '{name}' of {leaf}; expected {expected}")
        return value

    @model_validator(mode="after")
    def _has_microscopes(self) -> Self:
        if (self.own is None) == (self.microscopes is None):
            found = "neither 'microscope' nor 'microscopes'" if self.own is None else "both"
            raise ValueError(
                f"{found}; expected 'microscope', or 'microscopes' for a range of them"
            )
        return self

    @property
    def optics(self) -> Microscope | Microscopes:
        """Its microscope, or its range of microscopes."""
        return self.microscopes or self.microscope

    @property
    def microscope(self) -> Microscope:
        """Its one microscope.

        Raises:
            InputError: if it has a range of them, of which one is drawn for each specimen.
        """
        if self.own is None:
            raise InputError(self.description, "a range of microscopes", "one microscope")
        return self.own

    @property
    def labels(self) -> dict[Label, int]:
        """The number of patients with each label."""
        return {
            (pattern, level): count
            for pattern, row in self.patients.items()
            for level, count in row.items()
        }

    @property
    def intensities(self) -> tuple[str, ...]:
        """The intensities of its patients."""
        return tuple(dict.fromkeys(level for _, level in self.labels))


def laboratory_names() -> tuple[str, ...]:
    """Return the names of the laboratories in the package: those of public sets, and ``any``."""
    return shipped_names(_PACKAGE)


def laboratory_named(name: str) -> Laboratory:
    """Return a laboratory.

    Args:
        name: Name of a laboratory in the package, or path of a YAML file.

    Raises:
        InputError: if there is none, or something in it does not fit.
    """
    return as_settings(Laboratory, *read_settings("laboratory", name, _PACKAGE))


I3A = laboratory_named("i3a").microscope
"""The microscope of the I3A sets."""

MIVIA = laboratory_named("mivia").microscope
"""The microscope of the MIVIA set."""
