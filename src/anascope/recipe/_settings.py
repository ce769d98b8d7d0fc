"""What a recipe says: what is drawn, what each step changes, how often each set is learned from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from anascope.settings import Section, as_settings, read_settings, shipped_names
from anascope.training import FieldHeadSettings

_PACKAGE = "anascope.recipe"
_Count = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(gt=0)]
_Positive = Annotated[float, Field(gt=0)]

DRAWN = "drawn"
"""The cohort of drawn specimens, beside the sets of the user."""


class RoundSettings(Section):
    """Drawn specimens that are learned from together, one field a patient."""

    patients: _Count
    """How many."""
    seed: int = 0
    """The same seed draws the same pixels."""
    least: _Count = 1
    """How many patients of a lesson a pattern has at least, where the most common one has 8
    (:func:`~anascope.recipe.lessons`)."""
    mixed: Annotated[int, Field(ge=0)] = 1
    """How many patients of a lesson have each of the usual pairs of patterns."""
    pairs: Annotated[int, Field(ge=0)] = 0
    """How many patients of a lesson have two patterns at random that stain different
    parts of a cell."""


class DrawnSettings(Section):
    """The drawn specimens that every network begins with."""

    like: str = "any"
    """Laboratory with a range of microscopes: a shipped one, or a YAML file."""
    without: tuple[str, ...] = ()
    """Laboratories that none of these microscopes is near."""
    rounds: Annotated[tuple[RoundSettings, ...], Field(min_length=1)]
    """Learned from one after another; what is kept is the mean of the weights at their ends. New
    specimens teach more than the same ones once more, and memory holds one round at a time. The
    last one is also learned from beside real sets."""
    held_out: RoundSettings | None = None
    """Specimens from which no network learns, for the calibration: they have every pattern, under
    microscopes that are new to the network. None are drawn if None."""
    field_um: tuple[_Positive, _Positive]
    """Least and greatest height of a field. Small fields leave time for more microscopes."""
    border_level: _Positive
    """Grey level of the border between intermediate and positive, of all microscopes: where each
    had its own, one brightness would be learned under both names."""


class FieldHeadSteps(FieldHeadSettings):
    """How the field head of each network learns, after the network, from the last round of drawn
    specimens and from the real sets that the network learned from."""

    real: Annotated[float, Field(ge=0)] = 0.25
    """How often a field is of each real set with patterns, where drawn ones count as 1."""


class RecipeSettings(Section):
    """How weights are made, as a YAML file says it."""

    description: str
    """What it makes, in a line."""
    preset: str
    """The network: a shipped preset, or a YAML file."""
    drawn: DrawnSettings
    first: dict[str, Any] = Field(default_factory=dict)
    """What the step on drawn specimens alone changes in the preset, by dotted key; every round is
    a training of its own."""
    then: dict[str, Any] = Field(default_factory=dict)
    """What the step on real and drawn specimens changes, by dotted key."""
    trained_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the weights after that step in what is kept; the others are those before it."""
    field_head: FieldHeadSteps | None = None
    """The head that answers for whole fields; None if the networks have none."""
    shares: Annotated[dict[str, _Share], Field(min_length=1)]
    """How often a patch of that step is of each set, relative to the others. A set that is not
    there, or that a network is tested on, counts for nothing."""
    even: tuple[str, ...] = ()
    """Sets of which every pattern is learned as often as the others."""


def recipe_names() -> tuple[str, ...]:
    """Return the names of the shipped recipes."""
    return shipped_names(_PACKAGE)


def recipe_named(name: str) -> RecipeSettings:
    """Return a recipe.

    Args:
        name: Of a shipped one, or path of a YAML file.

    Raises:
        InputError: if there is none, or something in it does not fit.
    """
    return as_settings(RecipeSettings, *read_settings("recipe", name, _PACKAGE))
