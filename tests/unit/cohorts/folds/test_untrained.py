"""Classes that held-out patients have and no training patient has."""

from __future__ import annotations

from anascope.cohorts.folds import Fold, UntrainedClass, untrained_classes, untrained_line
from anascope.records import FieldRecord
from tests.small_cohort import record


def one(name: str, pattern: str | None, intensity: str | None = "positive") -> FieldRecord:
    return record(name, patient=name, pattern=pattern, intensity=intensity)


FOLD = Fold("A", ("t1", "t2"), ("v",), ("e1", "e2", "e3"))


def test_patterns_and_intensities_are_counted_by_patient() -> None:
    fields = [
        one("t1", "homogeneous"),
        one("t2", "nucleolar"),
        one("v", "golgi"),
        one("e1", "golgi"),
        one("e2", "golgi", "negative"),
        one("e2", "golgi", "negative"),
        one("e3", "nucleolar"),
    ]
    found = untrained_classes(FOLD, fields)
    golgi = next(each for each in found if each.task == "pattern")
    assert found == (
        UntrainedClass("A", "pattern", golgi.label, 2),
        UntrainedClass("A", "intensity", "negative", 1),
    )
    assert untrained_line(found) == (
        f"fold A: no training patient has pattern '{golgi.label}' (2 test patients), "
        "intensity 'negative' (1 test patient)"
    )
    assert [each.label for each in untrained_classes(FOLD, fields, "validation")] == [golgi.label]


def test_a_family_is_learned_from_its_members_and_not_the_other_way_round() -> None:
    def found(train: str, test: str) -> tuple[UntrainedClass, ...]:
        return untrained_classes(FOLD, [one("t1", train), one("e1", test)])

    assert found("fine speckled", "speckled") == ()
    assert [each.label for each in found("speckled", "fine speckled")] == ["fine speckled"]


def test_labels_that_are_missing_say_nothing() -> None:
    assert untrained_classes(FOLD, [one("t1", None, None), one("e1", None, None)]) == ()
    (found,) = untrained_classes(FOLD, [one("t1", None), one("e1", "homogeneous")])
    assert found.label == "homogeneous"
