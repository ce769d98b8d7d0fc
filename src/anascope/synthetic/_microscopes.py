"""A range of microscopes, of which one is drawn for each specimen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Self, get_origin, get_type_hints

import numpy as np
from pydantic import Field, ValidationError, field_validator, model_validator

from anascope.errors import InputError, did_you_mean
from anascope.settings import Section, adapter
from anascope.synthetic.optics import Microscope
from anascope.synthetic.stains import Range

_Positive = Annotated[float, Field(gt=0)]
_Weights = Annotated[dict[bool | int | str, Annotated[float, Field(ge=0)]], Field(min_length=1)]
_Count = Annotated[int, Field(ge=1)]

_ASPECT = 4 / 3  # width over height of a field, as of most cameras
_TRIES = 2000
NEAR_PIXEL, NEAR_OPTICS = 1.25, 1.1
"""Ratios under which pixel sizes, or apertures and nuclei, are near those of another."""

_KINDS = get_type_hints(Microscope)
# Drawn together, so that they fit each other.
_TOGETHER = (
    "name",
    "magnification",
    "numerical_aperture",
    "immersion_index",
    "camera_pixel_um",
    "shape",
)


class Varied(Range):
    """Where a value of a microscope lies."""

    log: bool = False
    """Whether its logarithm, rather than itself, is drawn."""

    @model_validator(mode="after")
    def _has_a_logarithm(self) -> Self:
        if self.log and (self.between[0] <= 0 or self.beta is not None):
            raise ValueError(
                f"a logarithm between {self.between[0]:g} and {self.between[1]:g}; expected limits "
                "over 0 and no 'beta'"
            )
        return self

    def draw(self, rng: np.random.Generator) -> float:
        """Draw the value of one microscope."""
        if not self.log:
            return super().draw(rng)
        low, high = np.log(self.between)
        value = float(np.exp(rng.uniform(low, high)))
        return 0.0 if self.absent and rng.random() < self.absent else value


class Objective(Section):
    """An objective as its maker engraves it."""

    magnification: _Positive
    numerical_aperture: _Positive
    immersion_index: _Positive = 1.0
    often: _Positive = 1.0
    """How often it is met, beside the others of the list."""


class Microscopes(Section):
    """Microscopes of many laboratories. What is not named is as of any :class:`Microscope`.

    A value that a microscope has as a lowest and a highest one is drawn as one value: what differs
    from specimen to specimen in one laboratory differs here from microscope to microscope.
    """

    name: Annotated[str, Field(min_length=1)]
    """How it is asked for; a drawn one has a number of its own after it."""
    pixel_size_um: Varied
    """Side of a pixel on the specimen."""
    camera_pixel_um: tuple[_Positive, _Positive]
    """Smallest and largest side of a pixel of the sensor, as binning and adapters make it: with the
    pixel size it decides which objectives can have been in use."""
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    """Of which one is drawn."""
    field_um: Varied
    """Height of a field on the specimen."""
    field_pixels: tuple[_Count, _Count]
    """Fewest and most pixels of that height."""
    values: dict[str, Varied] = Field(default_factory=dict)
    """Other values of a microscope by their names, in the order in which they are drawn."""
    choices: dict[str, _Weights] = Field(default_factory=dict)
    """Values that are one of a few: how often each, by name and value."""
    always: dict[str, Any] = Field(default_factory=dict)
    """Values that every one of them has, whatever was drawn."""
    avoided: tuple[Microscope, ...] = ()
    """Microscopes of which none that is drawn is near (:func:`near`)."""

    @field_validator("values", "choices")
    @classmethod
    def _are_values(cls, value: dict[str, Any]) -> dict[str, Any]:
        known = [name for name in _KINDS if name not in _TOGETHER]
        for name, drawn in value.items():
            if name not in known:
                raise ValueError(f"unknown value '{name}'; expected {did_you_mean(name, known)}")
            limits: Iterable[Any] = drawn  # the values of a choice
            if isinstance(drawn, Varied):
                ends = (*drawn.between, 0.0) if drawn.absent else drawn.between
                limits = [_both(name, end) for end in ends]
            for limit in limits:
                _as_of_a_microscope(name, limit)
        return value

    @field_validator("always")
    @classmethod
    def _are_known(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in _KINDS:
                raise ValueError(f"unknown value '{name}'; expected {did_you_mean(name, _KINDS)}")
        return {name: _as_of_a_microscope(name, fixed) for name, fixed in value.items()}

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        for low in self.pixel_size_um.between:
            if not any(self._fits(objective, low) for objective in self.objectives):
                raise ValueError(f"no objective for pixels of {low:g} µm; expected one at least")
        return self

    def replaced(self, **always: Any) -> Self:
        """Return these with values that every one of them has: ``replaced(border_level=48.0)``."""
        return self.model_copy(update={"always": {**self.always, **always}})

    def away_from(self, *microscopes: Microscope) -> Self:
        """Return those that are not :func:`near` any of these."""
        return self.model_copy(update={"avoided": (*self.avoided, *microscopes)})

    def draw(self, rng: np.random.Generator) -> Microscope:
        """Draw one.

        Raises:
            InputError: if hardly any differs from those that must be avoided.
        """
        for _ in range(_TRIES):
            drawn = self._any(rng)
            if not any(near(drawn, other) for other in self.avoided):
                return drawn
        names = ", ".join(other.name for other in self.avoided)
        found = f"microscopes that are all near {names}"
        raise InputError(f"microscopes {self.name}", found, "ranges that leave others")

    def _any(self, rng: np.random.Generator) -> Microscope:
        pixel = self.pixel_size_um.draw(rng)
        fitting = [objective for objective in self.objectives if self._fits(objective, pixel)]
        often = np.array([objective.often for objective in fitting])
        objective = fitting[int(rng.choice(len(fitting), p=often / often.sum()))]
        low, high = self.field_pixels
        height = int(np.clip(round(self.field_um.draw(rng) / pixel), low, high))
        drawn: dict[str, Any] = {
            name: _both(name, value.draw(rng)) for name, value in self.values.items()
        }
        for name, weights in self.choices.items():
            share = np.array(list(weights.values()))
            drawn[name] = list(weights)[int(rng.choice(len(share), p=share / share.sum()))]
        number = int(rng.integers(2**32))
        microscope = Microscope(
            name=f"{self.name}-{number:08x}",
            magnification=objective.magnification,
            numerical_aperture=objective.numerical_aperture,
            immersion_index=objective.immersion_index,
            camera_pixel_um=pixel * objective.magnification,
            shape=(height, round(height * _ASPECT)),
            **drawn,
        )
        microscope = replace(microscope, **self.always)
        # JPEG has 8 bits: what has more is stored without it.
        return microscope if microscope.bits == 8 else replace(microscope, jpeg_quality=0)

    def _fits(self, objective: Objective, pixel_um: float) -> bool:
        low, high = self.camera_pixel_um
        # A little more room, for a limit of the range may be that of an objective.
        return 0.999 * low <= pixel_um * objective.magnification <= 1.001 * high


def near(one: Microscope, other: Microscope) -> bool:
    """Return whether pictures of two microscopes may look alike.

    They are near if their pixels differ by less than a quarter (ratio under 1.25), whatever else
    differs. Because networks resize fields to one pixel size, they are also near if aperture and
    size of the nuclei both differ by less than a tenth.
    """
    if _ratio(one.pixel_size_um, other.pixel_size_um) < NEAR_PIXEL:
        return True
    apertures = _ratio(one.numerical_aperture, other.numerical_aperture)
    return max(apertures, _ratio(one.nucleus_um, other.nucleus_um)) < NEAR_OPTICS


def _ratio(value: float, other: float) -> float:
    return max(value, other) / min(value, other)


def _both(name: str, value: float) -> Any:
    """Return a drawn value as a microscope has it: a pair, or a whole number where it is one."""
    if get_origin(_KINDS[name]) is tuple:
        return (value, value)
    return round(value) if _KINDS[name] is int else value


def _as_of_a_microscope(name: str, value: Any) -> Any:
    """Return a value as a microscope holds it, or refuse what none can have."""
    try:
        given = {"name": "any", "magnification": 20.0, "numerical_aperture": 0.5, name: value}
        return getattr(adapter(Microscope).validate_python(given), name)
    except ValidationError as error:
        expected = error.errors()[0]["msg"].removeprefix("Input should be ")
        raise ValueError(f"{name} {value!r}; expected {expected}") from None
