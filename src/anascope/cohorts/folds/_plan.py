"""Folds as data: who trains, who validates, who tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from anascope.errors import InputError, did_you_mean
from anascope.records import SPLITS, FieldRecord
from anascope.settings import Description, Section, read_file, write_file


@dataclass(frozen=True)
class Fold:
    """One division of the patients (or, where unknown, specimens or fields).

    Attributes:
        name: Its letter.
        train: Patients from whom the network learns.
        validation: Patients by whom the best epoch is chosen.
        test: Patients on whom the network is measured.
        left_out: Names of fields that are in none of the sets, whatever their patient.

    Raises:
        InputError: if a patient is in two sets, or train or test is empty.
    """

    name: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"fold {self.name}"
        for first, second in combinations(SPLITS, 2):
            shared = sorted(set(getattr(self, first)) & set(getattr(self, second)))
            if shared:
                raise InputError(
                    where,
                    f"patient '{shared[0]}' in {first} and in {second} ({len(shared)} shared)",
                    "every patient in one set only",
                )
        for name in SPLITS:
            members = getattr(self, name)
            if len(set(members)) != len(members):
                raise InputError(where, f"a patient twice in {name}", "every patient once")
            if not members and name != "validation":
                raise InputError(where, f"an empty {name} set", "at least one patient")

    def records(self, fields: Iterable[FieldRecord], split: str) -> list[FieldRecord]:
        """Return those of ``fields`` whose patient is in ``split`` (train, validation, test).

        Fields that the fold leaves out are not among them.
        """
        members, left_out = set(getattr(self, split)), set(self.left_out)
        return [
            record
            for record in fields
            if record.split_unit in members and record.field not in left_out
        ]


@dataclass(frozen=True)
class FoldPlan:
    """The folds of a cohort.

    Attributes:
        folds: The folds by name.
        seed: Seed of the draw; None for folds made by hand.
        draw: ``stratified``, ``plain``, or another word for folds made by hand.
        cohort: Fingerprint of the cohort that they were drawn for.

    Raises:
        InputError: if a patient is tested in two folds.
    """

    folds: dict[str, Fold]
    seed: int | None
    draw: str
    cohort: str

    def __post_init__(self) -> None:
        tested: dict[str, str] = {}
        for fold in self.folds.values():
            for patient in fold.test:
                other = tested.setdefault(patient, fold.name)
                if other != fold.name:
                    raise InputError(
                        f"folds {other} and {fold.name}",
                        f"patient '{patient}' in both test sets",
                        "every patient tested in one fold",
                    )

    def fold(self, name: str) -> Fold:
        """Return the fold of that name.

        Raises:
            InputError: if there is none.
        """
        if name not in self.folds:
            raise InputError("fold", f"'{name}'", did_you_mean(name, self.folds))
        return self.folds[name]

    def check_against(self, fields: Sequence[FieldRecord]) -> None:
        """Check that every patient and field named in the folds is in the cohort.

        Raises:
            InputError: if one is not; it names the first, and the most similar name in the cohort.
        """
        patients = sorted({record.split_unit for record in fields})
        names = {record.field for record in fields}
        for fold in self.folds.values():
            for field in fold.left_out:
                if field not in names:
                    raise InputError(
                        f"fold {fold.name}, left_out",
                        f"field '{field}', which is not in the cohort",
                        did_you_mean(field, sorted(names)),
                    )
            for split in SPLITS:
                for patient in getattr(fold, split):
                    if patient not in patients:
                        raise InputError(
                            f"fold {fold.name}, {split}",
                            f"patient '{patient}', who is not in the cohort",
                            did_you_mean(patient, patients),
                        )


class _Sets(Section):
    """Of a fold, who is in which set."""

    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class _File(Description):
    """What a file of folds says."""

    format: Literal["anascope-folds"] = "anascope-folds"
    version: Literal[1] = 1
    cohort: str = ""
    draw: str = "by hand"
    seed: int | None = None
    folds: Annotated[dict[str, _Sets], Field(min_length=1)]


def write_folds(plan: FoldPlan, path: str | Path) -> None:
    """Write ``plan`` as JSON that a person can read and edit."""
    sets = {
        fold.name: _Sets(
            train=fold.train, validation=fold.validation, test=fold.test, left_out=fold.left_out
        )
        for fold in plan.folds.values()
    }
    write_file(Path(path), _File(cohort=plan.cohort, draw=plan.draw, seed=plan.seed, folds=sets))


def read_folds(path: str | Path) -> FoldPlan:
    """Read what :func:`write_folds` wrote, or a person edited.

    Raises:
        InputError: if the file is not such a plan, or patients overlap.
    """
    file = read_file(_File, Path(path))
    try:
        folds = {
            name: Fold(name, sets.train, sets.validation, sets.test, sets.left_out)
            for name, sets in file.folds.items()
        }
        return FoldPlan(folds=folds, seed=file.seed, draw=file.draw, cohort=file.cohort)
    except InputError as error:
        raise InputError(f"{path}, {error.where}", error.found, error.expected) from None
