"""A head that has no label to learn from is noted on the card."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from anascope.cohorts import Cohort
from anascope.models import Learned
from anascope.presets import load_preset
from anascope.records import FieldRecord
from anascope.training._learned import learned_heads
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from tests.small_cohort import record as empty_record

VOCABULARY = Vocabulary(PatternSpace(("homogeneous", "golgi")), IntensityScale())


def record(**known: Any) -> FieldRecord:
    return replace(empty_record("field", pattern=None, intensity=None), **known)


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


def test_mixtures_are_learned_from_sera_of_both_kinds() -> None:
    preset = load_preset("tiny", {"tasks": ["mask", "pattern", "intensity", "mixture"]})
    one, two = record(pattern="golgi"), record(pattern="golgi", other_patterns="homogeneous")
    assert learned_heads(preset, cohort(), [one, two, record()], VOCABULARY).mixture
    for alone in ([one, one], [two, two], [record(), record()]):
        assert not learned_heads(preset, cohort(), alone, VOCABULARY).mixture
    assert not learned_heads(load_preset("tiny"), cohort(), [one, two], VOCABULARY).mixture
