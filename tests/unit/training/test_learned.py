"""A head that has no label to learn from is noted on the card."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from anascope.cohorts import Cohort
from anascope.models import Learned
from anascope.presets import load_preset
from anascope.records import FieldRecord
from anascope.training._learned import learned_heads
from anascope.words import IntensityScale, PatternSpace, Vocabulary

VOCABULARY = Vocabulary(PatternSpace(("homogeneous", "golgi")), IntensityScale())


def record(**known: Any) -> FieldRecord:
    empty = {"has_mask": False, "pattern": None, "intensity": None}
    return cast(FieldRecord, SimpleNamespace(**(empty | known)))


def cohort(*, cells: bool = False) -> Cohort:
    """Return a cohort of whose fields single cells are told or not."""
    return cast(Cohort, SimpleNamespace(has_instances=lambda _: cells))


def test_heads_learn_from_the_labels_that_there_are() -> None:
    preset = load_preset("tiny")
    fields = [record(has_mask=True, pattern="golgi"), record(has_mask=True)]
    found = learned_heads(preset, cohort(), fields, VOCABULARY)
    assert found == Learned(mask=True, pattern=True, intensity=False)
    found = learned_heads(preset, cohort(), [record(intensity="positive")], VOCABULARY)
    assert found == Learned(mask=False, pattern=False, intensity=True)


def test_single_cells_are_learned_from_fields_that_tell_them() -> None:
    preset = load_preset("tiny", {"tasks": ["mask", "pattern", "intensity", "cells"]})
    fields = [record(), record()]
    assert learned_heads(preset, cohort(cells=True), fields, VOCABULARY).cells
    assert not learned_heads(preset, cohort(), fields, VOCABULARY).cells
    assert not learned_heads(load_preset("tiny"), cohort(cells=True), fields, VOCABULARY).cells
