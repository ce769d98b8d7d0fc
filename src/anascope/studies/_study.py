"""What a study file says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from anascope.defaults import FOLD_COUNT, SEED, VALIDATION_SHARE
from anascope.errors import InputError, did_you_mean
from anascope.settings import Section
from anascope.studies._training import Training

Values = Annotated[tuple[Any, ...], Field(min_length=1)]


class FoldsSection(Section):
    """The folds of a study."""

    count: Annotated[int, Field(ge=2, le=26)] = FOLD_COUNT
    """Into how many folds the patients are divided."""
    only: tuple[str, ...] | None = None
    """Names of the folds that are run; all of them if not given."""
    draw: Literal["stratified", "plain"] = "stratified"
    """How they are drawn: patterns and intensities spread evenly, or only shuffled."""
    seed: Annotated[int, Field(ge=0)] = SEED
    """Seed of the draw."""
    validation_share: Annotated[float, Field(ge=0, lt=1)] = VALIDATION_SHARE
    """Share of the training patients that is used for validation."""

    def draws_like(self, other: FoldsSection) -> bool:
        """Tell whether both divide the patients alike, whichever folds are run."""
        return self.model_copy(update={"only": None}) == other.model_copy(update={"only": None})


class Study(Section):
    """A grid of trainings over folds.

    The trainings are every combination of the ``factors`` with each of the ``settings``; keys
    of both are dotted keys of the preset.
    """

    description: str
    """What it is for, in one line."""
    preset: str = "paper"
    """Name of the preset that every training starts from, or a YAML file."""
    changes: dict[str, Any] = Field(default_factory=dict)
    """Changes to the preset that all trainings have in common."""
    factors: dict[str, Values] = Field(default_factory=dict)
    """Values of each factor; every combination is trained."""
    settings: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)] = ({},)
    """Settings of further factors that go together; each is combined with the factors."""
    folds: FoldsSection = FoldsSection()
    """The folds."""

    @model_validator(mode="after")
    def _is_a_grid(self) -> Study:
        keys = [tuple(setting) for setting in self.settings]
        if len({frozenset(names) for names in keys}) > 1:
            raise ValueError("entries of settings with different keys; expected the same in each")
        twice = (set(keys[0]) & set(self.factors)) | (set(self.changes) & {*keys[0], *self.factors})
        if twice:
            raise ValueError(
                f"'{min(twice)}' twice; expected it in one of changes, factors and settings"
            )
        slugs: set[str] = set()
        for training in self.trainings():
            if training.slug in slugs:
                raise ValueError(f"training '{training.label}' twice; expected different ones")
            slugs.add(training.slug)
        return self

    def trainings(self) -> tuple[Training, ...]:
        """Return the trainings: the settings in their order, each with all factors.

        For the published study: Dice and BCE at the first setting, then at the second.
        """
        return tuple(
            Training({**dict(zip(self.factors, values, strict=True)), **setting})
            for setting in self.settings
            for values in product(*self.factors.values())
        )

    def varied(self) -> dict[str, tuple[Any, ...]]:
        """Return the factors that have more than one value, with their values in order."""
        varied: dict[str, list[Any]] = {}
        for training in self.trainings():
            for key, value in training.changes.items():
                if value not in varied.setdefault(key, []):
                    varied[key].append(value)
        return {key: tuple(values) for key, values in varied.items() if len(values) > 1}

    def restricted(self, only: Mapping[str, Sequence[Any]], folds: Sequence[str] = ()) -> Study:
        """Return the study with fewer values of some factors, or fewer folds.

        Raises:
            InputError: if a factor or value is not in the study, or nothing is left.
        """
        keys = {key for training in self.trainings() for key in training.changes}
        for key, wanted in only.items():
            if key not in keys:
                raise InputError("only", f"'{key}'", did_you_mean(key, sorted(keys)))
            values = [training.changes[key] for training in self.trainings()]
            for value in wanted:
                if value not in values:
                    expected = ", ".join(dict.fromkeys(str(v) for v in values))
                    raise InputError("only", f"{value!r} of {key}", f"one of {expected}")
        settings = tuple(
            setting
            for setting in self.settings
            if all(setting[key] in wanted for key, wanted in only.items() if key in setting)
        )
        if not settings:
            raise InputError("only", "no training left", "values that occur in one setting")
        factors = {
            key: tuple(v for v in values if key not in only or v in only[key])
            for key, values in self.factors.items()
        }
        section = self.folds
        if folds:
            section = section.model_copy(update={"only": tuple(folds)})
        return self.model_copy(update={"factors": factors, "settings": settings, "folds": section})
